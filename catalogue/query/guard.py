"""What a SPARQL text asks for, and whether it may reach the engine's parser at all.

Reads tokens, never builds a tree, so no text can exhaust it; see reliability.md TQ1, TQ3, TQ4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from catalogue.problems import QueryRefused, QuerySyntax, QueryTooLarge

MAX_TOKENS = 200_000


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_UPDATES = _words(
    """
    INSERT DELETE LOAD CLEAR CREATE DROP ADD MOVE COPY WITH USING MODIFY
    """
)
_KEYWORDS = FORMS | _words(
    """
    A AS ASC BASE BIND BY DATA DEFAULT DESC DISTINCT EXISTS FALSE FILTER FROM GRAPH GROUP HAVING IN LATERAL
    LIMIT MINUS NAMED NOT OFFSET OPTIONAL ORDER PREFIX REDUCED SEPARATOR SERVICE SILENT TRUE UNDEF UNION
    VALUES VERSION WHERE
    """
)
_FUNCTIONS = _words(
    """
    ABS ADJUST AVG BNODE BOUND CEIL COALESCE CONCAT CONTAINS COUNT DATATYPE DAY ENCODE_FOR_URI FLOOR
    GROUP_CONCAT HASLANG HASLANGDIR HOURS IF IRI ISBLANK ISIRI ISLITERAL ISNUMERIC ISTRIPLE ISURI LANG LANGDIR
    LANGMATCHES LCASE MAX MD5 MIN MINUTES MONTH NOW OBJECT PREDICATE RAND REGEX REPLACE ROUND SAMETERM
    SAMEVALUE SAMPLE SECONDS SHA1 SHA256 SHA384 SHA512 STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLANGDIR
    STRLEN STRSTARTS STRUUID SUBJECT SUBSTR SUM TIMEZONE TRIPLE TZ UCASE URI UUID YEAR
    """
)
# Words before a bracket that opens terms or a path, not an expression.
_BEFORE_TERMS = frozenset({"A", "VALUES", "TRUE", "FALSE", "UNDEF"})

# Wider than the grammar's PN_CHARS beyond ASCII on purpose: what only this reads as one name is an error for the
# engine, whereas a name split here could show the engine a keyword that this has not seen.
_N = r"A-Za-z0-9_\u0080-\U0010FFFF"
_ESCAPE = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_TOKEN = re.compile(
    rf"""
      (?P<skip>(?:[ \t\r\n]++|\#[^\r\n]*+)++)
    | (?P<var>[?$][{_N}]++)
    | (?P<string>\"\"\"(?>(?:[^"\\]++|\\.|"(?!""))*+)\"\"\" | '''(?>(?:[^'\\]++|\\.|'(?!''))*+)'''
        | "(?!"")(?>(?:[^"\\\r\n]++|\\.)*+)" | '(?!'')(?>(?:[^'\\\r\n]++|\\.)*+)')
    | (?P<lang>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?)
    | (?P<bnode>_:[{_N}](?:[{_N}\-]|\.++(?=[{_N}\-]))*+)
    | (?P<pname>(?P<prefix>(?:[A-Za-z\u0080-\U0010FFFF][{_N}.\-]{{0,100}}+)?):
        (?:(?:[{_N}:]|{_ESCAPE})(?:[{_N}:\-]|{_ESCAPE}|\.++(?=[{_N}:\-%\\]))*+)?)
    | (?P<word>[A-Za-z_][{_N}]*+)
    | (?P<number>(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+\-]?[0-9]++)?)
    | (?P<open>\{{\||[(\[{{])
    | (?P<close>\|\}}|[)\]}}])
    | (?P<angle><)
    | (?P<op>\|\||&&|>=|!=|\^\^|[=>!|&^/*+\-?.,;~])
    """,
    re.VERBOSE | re.DOTALL,
)
_IRI = re.compile(r"<(?:[^\x00-\x20<>\"{}|^`\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>")
_CLOSES = {"(": ")", "[": "]", "{": "}", "{|": "|}", "<<": ">>", "<<(": ")>>"}
_OPERAND_KINDS = frozenset({"var", "string", "lang", "bnode", "pname", "number", "iri", "close"})


@dataclass(frozen=True, slots=True)
class QueryShape:
    """What the tokens of a query say.

    Args:
        form: SELECT, ASK, CONSTRUCT or DESCRIBE.
        has_dataset: the query names its own dataset with FROM.
        tokens: how many tokens it has.
        depth: deepest nesting of brackets of all kinds.
    """

    form: str
    has_dataset: bool
    tokens: int
    depth: int

    @property
    def graph(self) -> bool:
        """The answer is a graph, not a table or a boolean."""
        return self.form in ("CONSTRUCT", "DESCRIBE")


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    prefix: str = ""

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind == "word" else ""

    @property
    def ends_operand(self) -> bool:
        return self.kind in _OPERAND_KINDS or self.word in ("TRUE", "FALSE")


_NOTHING = _Token("none", "", 0)


@dataclass(slots=True)
class _Bracket:
    """An open bracket; `holds` is 'expression', 'terms', 'unsure', 'pattern' or 'subselect'."""

    text: str
    holds: str
    start: int


@dataclass(slots=True)
class _Scanner:
    """Tokens of a text, with enough context to tell `<` the operator from `<` that opens an IRI.

    The context matters for safety: `FILTER(?a<1)SERVICE?v#>` + newline holds one IRI for a scanner without
    context and a call to another endpoint for the engine.
    """

    text: str
    max_depth: int
    last: _Token = _NOTHING
    before: _Token = _NOTHING
    stack: list[_Bracket] = field(default_factory=list)
    deepest: int = 0

    def tokens(self) -> Iterator[_Token]:
        position, end = 0, len(self.text)
        while position < end:
            match = _TOKEN.match(self.text, position)
            if match is None:
                raise self.error(position, "this character cannot stand here")
            if match.lastgroup == "skip":
                position = match.end()
                continue
            token = self._token(match, position)
            yield token
            self._follow(token)
            self.before, self.last = self.last, token
            position += len(token.text)
        if self.stack:
            opened = self.stack[-1]
            raise self.error(opened.start, f"{opened.text} is never closed")

    def _token(self, match: re.Match[str], position: int) -> _Token:
        kind, text = match.lastgroup or "", match.group()
        if kind == "angle":
            return self._angle(position)
        if kind == "close" and text == ")" and self.text.startswith(")>>", position) and self._inside("<<("):
            return _Token("close", ")>>", position)
        if text == ">" and self.text.startswith(">>", position) and self._inside("<<"):
            return _Token("close", ">>", position)
        return _Token(kind, text, position, match.group("prefix") or "" if kind == "pname" else "")

    def _angle(self, position: int) -> _Token:
        """The token at a `<`: an operator, an IRI, or the opening of a triple term."""
        holds = self.stack[-1].holds if self.stack else "pattern"
        text = self.text
        if holds in ("expression", "unsure") and self.last.ends_operand:
            iri = _IRI.match(text, position)
            if holds == "unsure" and iri is not None and "://" not in iri.group():
                raise self.error(position, "put a blank after < if it means less than, or write the IRI in full")
            if holds == "expression" or iri is None:
                return _Token("op", "<=" if text.startswith("<=", position) else "<", position)
        iri = _IRI.match(text, position)
        if iri is not None:
            return _Token("iri", iri.group(), position)
        for opening in ("<<(", "<<"):
            if text.startswith(opening, position):
                return _Token("open", opening, position)
        return _Token("op", "<=" if text.startswith("<=", position) else "<", position)

    def _inside(self, opening: str) -> bool:
        return bool(self.stack) and self.stack[-1].text == opening

    def _follow(self, token: _Token) -> None:
        if token.kind == "open":
            self.stack.append(_Bracket(token.text, self._holds(token), token.start))
            self.deepest = max(self.deepest, len(self.stack))
            if len(self.stack) > self.max_depth:
                raise QueryTooLarge(
                    f"The query nests brackets deeper than {self.max_depth} levels; write it flatter, "
                    "for example as one group or with VALUES.",
                    limit=self.max_depth,
                )
        elif token.kind == "close":
            if not self.stack or _CLOSES[self.stack[-1].text] != token.text:
                raise self.error(token.start, f"{token.text} closes nothing")
            self.stack.pop()
        elif token.word == "SELECT" and self._inside("{"):
            self.stack[-1].holds = "subselect"

    def _holds(self, token: _Token) -> str:
        """What stands between the brackets that `token` opens."""
        if token.text in ("{", "{|"):
            return "pattern"
        if token.text != "(":
            return "terms"
        around = self.stack[-1] if self.stack else None
        if around is not None and around.text not in ("{", "{|"):
            return around.holds
        if self.last.kind == "word":
            return "terms" if self.last.word in _BEFORE_TERMS else "expression"
        if around is None or around.holds == "subselect":
            return "expression"
        if self.last.kind in ("iri", "pname") and self.before.word == "FILTER":
            return "expression"
        # The engine lets a keyword run into a name: FILTERex:f( is a call where ex:p( opens a list.
        if self.last.kind == "pname" and "filter" in self.last.prefix.lower():
            return "unsure"
        return "terms"

    def error(self, position: int, reason: str) -> QuerySyntax:
        return syntax_error(self.text, position, reason)


def syntax_error(text: str, position: int, reason: str) -> QuerySyntax:
    """A QuerySyntax that names line and column of a character offset."""
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return QuerySyntax(
        f"The query cannot be read at line {line}, column {column}: {reason}. Correct it there and send it again.",
        line=line,
        column=column,
    )


def inspect(text: str, *, max_bytes: int = 1 << 20, max_depth: int = 200, max_tokens: int = MAX_TOKENS) -> QueryShape:
    """What a query asks for, when it may be handed to the engine.

    Args:
        max_bytes: longest text, in bytes of UTF-8.
        max_depth: deepest nesting of brackets. The engine's parser overflows its stack from about 700 levels of
            IF( and 2,100 of { on (8 MB stack, pyoxigraph 0.5.13).
        max_tokens: most tokens.
    Raises:
        QueryTooLarge: longer, deeper or more tokens than allowed.
        QueryRefused: an update, or a call to another endpoint.
        QuerySyntax: not a SPARQL query.
    Source: SPARQL 1.1 Query Language, section 19.8.
    """
    size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
    if size > max_bytes:
        raise QueryTooLarge(
            f"The query has {size} bytes and at most {max_bytes} are read; send a shorter one.", limit=max_bytes
        )
    scanner = _Scanner(text, max_depth)
    form, has_dataset, count, service_name = "", False, 0, False
    for token in scanner.tokens():
        count += 1
        if count > max_tokens:
            raise QueryTooLarge(f"The query has more than {max_tokens} words and signs; shorten it.", limit=max_tokens)
        if token.kind == "word":
            word = token.word
            _check_word(scanner, token, word, form)
            form = form or (word if word in FORMS else "")
            has_dataset = has_dataset or (word == "FROM" and not scanner.stack)
        elif token.text == "{" and service_name:
            raise _no_service()
        # Keywords run into names for the engine (SERVICEex:x {...}, even trueSERVICEex:x {...}); a graph name is safe.
        service_name = token.kind == "pname" and "service" in token.prefix.lower() and scanner.last.word != "GRAPH"
    if not form:
        raise QuerySyntax("The text holds no query: one of SELECT, ASK, CONSTRUCT or DESCRIBE is needed.")
    return QueryShape(form, has_dataset, count, scanner.deepest)


def _check_word(scanner: _Scanner, token: _Token, word: str, form: str) -> None:
    if word == "SERVICE":
        raise _no_service()
    if word in _UPDATES and not form:
        raise QueryRefused(
            f"{word} is an update and this endpoint only answers queries; nothing was changed.", keyword=word
        )
    if not token.text.isascii() or (word not in _KEYWORDS and word not in _FUNCTIONS):
        shown = token.text if len(token.text) <= 40 else token.text[:40] + "…"
        raise scanner.error(token.start, f"{shown!r} is not a word of SPARQL (put a blank between words)")


def _no_service() -> QueryRefused:
    return QueryRefused(
        "SERVICE is refused: this endpoint never calls another one. Send that part to its own endpoint "
        "and join the answers, or use the data this node already holds.",
        keyword="SERVICE",
    )
