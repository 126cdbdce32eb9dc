"""What a record is: generated classes, RDF emitter, identifiers, harvest documents."""
