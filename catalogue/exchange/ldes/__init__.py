"""The log as Linked Data Event Stream: members, pages, views and their forms; routes are catalogue.web's."""
