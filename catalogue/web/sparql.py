"""The route /sparql: SPARQL 1.1 Protocol (query part), service description, and a plain form for people."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pyoxigraph
from flask import Blueprint, Flask, Response, render_template, request
from werkzeug.exceptions import UnsupportedMediaType

from catalogue import resources
from catalogue.problems import BadRequest, QueryRefused
from catalogue.query.formats import FORMATS, GRAPH, Format, find_format, formats_for
from catalogue.query.pool import QueryPool
from catalogue.query.request import QueryRequest, QueryResult
from catalogue.settings import QuerySettings
from catalogue.web.errors import register_errors
from catalogue.web.promises import EXPOSED
from catalogue.web.sparql_page import Example, load_examples, render_form, render_result

_FORM, _QUERY, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_HTML = "text/html"


def sparql_blueprint(pool: QueryPool, settings_part: QuerySettings, *, base_url: str = "") -> Blueprint:
    """The route /sparql over a pool.

    Args:
        base_url: public address of the node with a final slash; relative IRIs in queries are resolved against its
            /sparql. Empty means that no address is trusted and relative IRIs are refused.
    Source: SPARQL 1.1 Protocol, section 2.1; SPARQL 1.1 Service Description, section 2.
    """
    blueprint = Blueprint("sparql", __name__, template_folder="templates")
    endpoint = base_url.rstrip("/") + "/sparql" if base_url else None
    examples = load_examples(resources.queries_dir("examples"))

    @blueprint.get("/sparql")
    def get() -> Response:
        """A query in the address; without one the form or the service description."""
        _refuse_update()
        text = _one("query")
        if text is None:
            return _without_query(settings_part, endpoint, examples)
        return _answer(pool, settings_part, text, endpoint, examples)

    @blueprint.post("/sparql")
    def post() -> Response:
        """A query in a form or as the body."""
        # Percent-encoding makes three bytes of one.
        request.max_content_length = request.max_form_memory_size = 3 * settings_part.max_query_bytes + (64 << 10)
        return _answer(pool, settings_part, _posted_text(), endpoint, examples)

    blueprint.after_request(_open_to_all)
    return blueprint


def create_sparql_only(pool: QueryPool, settings_part: QuerySettings) -> Flask:
    """An application with nothing but /sparql, for `serve --quads`."""
    app = Flask("catalogue.web")
    app.register_blueprint(sparql_blueprint(pool, settings_part))
    register_errors(app)
    return app


def _one(name: str) -> str | None:
    values = request.values.getlist(name)
    if len(values) > 1:
        raise BadRequest(f"The parameter '{name}' was given {len(values)} times; give it once.")
    return values[0] if values else None


def _refuse_update() -> None:
    if "update" in request.values:
        raise QueryRefused("Updates are refused: this endpoint only answers queries; nothing was changed.")


def _posted_text() -> str:
    """The query of a POST, of either kind.

    Source: SPARQL 1.1 Protocol, sections 2.1.2 and 2.1.3.
    """
    kind = request.mimetype
    if kind == _UPDATE:
        raise QueryRefused("Updates are refused: this endpoint only answers queries; nothing was changed.")
    if kind not in (_FORM, _QUERY):
        raise UnsupportedMediaType(f"Send the query as {_FORM} (parameter 'query') or as {_QUERY}.")
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType("Send the query in UTF-8.")
    _refuse_update()
    if kind == _QUERY:
        if "query" in request.args:
            raise BadRequest("The query stands in the body and in the address; give it once.")
        try:
            return request.get_data().decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadRequest(f"The body is not UTF-8: byte {error.start} cannot be read.") from error
    text = _one("query")
    if text is None:
        raise BadRequest("The parameter 'query' is missing; send the SPARQL text in it.")
    return text


def _prefers_html(types: list[str]) -> bool:
    """The client likes a page better than everything in `types`."""
    accept = request.accept_mimetypes
    return bool(accept) and accept.best_match([*types, _HTML]) == _HTML


def _answer(
    pool: QueryPool, settings_part: QuerySettings, text: str, endpoint: str | None, examples: tuple[Example, ...]
) -> Response:
    shape = pool.inspect(text)
    wanted = _one("format") or None
    html = wanted == "html" or (
        wanted is None and _prefers_html([name for form in formats_for(shape.graph) for name in form.media_types])
    )
    asked = QueryRequest(
        text,
        default_graphs=tuple(request.values.getlist("default-graph-uri")),
        named_graphs=tuple(request.values.getlist("named-graph-uri")),
        accept=request.headers.get("Accept", ""),
        format=("turtle" if shape.graph else "json") if html else wanted,
        # A client of HTTP/1.0 takes the end of the connection for the end of the answer.
        whole=html or request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0",
        base_iri=endpoint,
        shape=shape,
    )
    result = pool.run(asked, _client_left())
    if html:
        with result:
            return render_result(result, text, settings_part, examples)
    return _stream(result, shape.graph)


def _stream(result: QueryResult, graph: bool) -> Response:
    """The answer as it comes. A failure on the way ends the connection, so that no cut answer looks whole."""
    form = find_format(result.media_type, graph)
    assert form is not None
    response = Response(result.chunks, content_type=form.content_type)
    response.call_on_close(result.close)
    if result.size_bytes is not None:
        response.content_length = result.size_bytes
    if request.method == "HEAD":
        result.close()
    response.headers["Content-Disposition"] = f'inline; filename="result.{form.suffix}"'
    response.headers["Cache-Control"] = "no-cache"
    return response


def _client_left() -> Callable[[], bool]:
    """A function that says whether the client of this request has gone, as far as the server lets one see."""
    probe = request.environ.get("waitress.client_disconnected")
    if probe is not None:
        return lambda: bool(probe())
    connection = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    if not isinstance(connection, socket.socket):
        return lambda: False

    def peek() -> bool:
        try:
            return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except (BlockingIOError, InterruptedError):
            return False
        except ValueError:
            # TLS sockets cannot be peeked at.
            return False
        except OSError:
            return True

    return peek


def _without_query(settings_part: QuerySettings, endpoint: str | None, examples: tuple[Example, ...]) -> Response:
    forms = formats_for(graph=True) if endpoint else formats_for(graph=True)[:1]
    types = [name for form in forms for name in form.media_types if name != "text/plain"]
    if _prefers_html(types):
        return render_form(settings_part, examples)
    best = request.accept_mimetypes.best_match(types) if request.accept_mimetypes else types[0]
    if best is None:
        raise BadRequest("The parameter 'query' is missing; send the SPARQL text in it.")
    form = find_format(best, graph=True)
    assert form is not None
    text = render_template("service.ttl", formats=[_format_iri(member) for member in FORMATS])
    if form.name != "turtle":
        triples = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE, base_iri=endpoint)
        body = pyoxigraph.serialize(
            (quad.triple for quad in triples), format=getattr(pyoxigraph.RdfFormat, form.engine)
        )
        return Response(body, content_type=form.content_type)
    return Response(text, content_type=form.content_type)


def _format_iri(form: Format) -> str:
    family = pyoxigraph.RdfFormat if form.holds == GRAPH else pyoxigraph.QueryResultsFormat
    return str(getattr(family, form.engine).iri)


def _open_to_all(response: Response) -> Response:
    """Headers of every answer: readable from any page, never sniffed, stored per Accept."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
        response.headers["Access-Control-Max-Age"] = "86400"
    # Cross-origin readers are the purpose of this address, not a leak.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.vary.add("Accept")
    return response
