"""Languages as IRIs of the EU's authority, which names them by ISO 639-3.

Source: EU Vocabularies, authority table "Language"; ISO 639-1.
"""

from __future__ import annotations

from typing import Final

_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/language/"
# ISO 639-1 -> ISO 639-3, of the languages that archives' records are written in.
_THREE: Final = {
    "bg": "BUL", "ca": "CAT", "cs": "CES", "da": "DAN", "de": "DEU", "el": "ELL", "en": "ENG", "es": "SPA",
    "et": "EST", "eu": "EUS", "fi": "FIN", "fr": "FRA", "ga": "GLE", "gl": "GLG", "he": "HEB", "hr": "HRV",
    "hu": "HUN", "is": "ISL", "it": "ITA", "ja": "JPN", "ko": "KOR", "lt": "LIT", "lv": "LAV", "mt": "MLT",
    "nl": "NLD", "no": "NOR", "pl": "POL", "pt": "POR", "ro": "RON", "ru": "RUS", "sk": "SLK", "sl": "SLV",
    "sv": "SWE", "tr": "TUR", "uk": "UKR", "zh": "ZHO",
}  # fmt: skip


def authority_language(tag: str) -> str | None:
    """The IRI term of a BCP 47 tag's language; None for one that the table lacks."""
    language = tag.partition("-")[0].lower()
    code = _THREE.get(language) if len(language) == 2 else language.upper()
    return f"<{_AUTHORITY}{code}>" if code is not None else None
