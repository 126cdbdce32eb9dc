"""The one frozen Settings object: defaults, then ommatidia.toml, then OMMATIDIA_* variables.

Only app.py reads it; catalogue/wiring hands everything else the part it needs (STYLE section 8).
"""

from __future__ import annotations

import re
import tomllib
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

_toml_file: ContextVar[Path | None] = ContextVar("toml_file", default=None)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class QuerySettings(_Part):
    """Limits of the public SPARQL endpoint (reliability.md, TQ2)."""

    workers: int = Field(2, ge=1, le=64, description="Query worker processes.")
    queue: int = Field(16, ge=0, description="Queries that may wait for a worker before 503 is answered.")
    deadline_s: float = Field(10.0, gt=0, description="Wall-clock seconds one query may take.")
    memory_bytes: int = Field(2 << 30, gt=0, description="Address space of one query worker, in bytes.")
    max_rows: int = Field(100_000, gt=0, description="Rows or triples one answer may have.")
    max_result_bytes: int = Field(64 << 20, gt=0, description="Bytes one answer may have.")
    max_query_bytes: int = Field(1 << 20, gt=0, description="Bytes of query text.")
    max_depth: int = Field(200, gt=0, description="Nesting depth of brackets in a query text.")


class HarvestSettings(_Part):
    """How partner archives are read."""

    contact: str = Field("https://w3id.org/ommatidia/", description="Contact given in the User-Agent and From headers.")
    allow_private_hosts: tuple[str, ...] = Field(
        (), description="host or host:port names that may resolve to private or loopback addresses."
    )
    absence_hours: float = Field(
        24.0,
        ge=0,
        description="Hours between two complete listings without a record before it is withdrawn (R14).",
    )
    guard_share: float = Field(0.05, ge=0, le=1, description="Share of live records a run may withdraw (R16).")
    guard_count: int = Field(5, ge=0, description="Records a run may always withdraw (R16).")
    interval_s: float = Field(86_400.0, gt=0, description="Seconds between scheduled harvests of a source.")
    max_document_bytes: int = Field(10 << 20, gt=0, description="Bytes of one partner document, decoded.")
    timeout_s: float = Field(30.0, gt=0, description="Seconds one request may take.")
    parallel: int = Field(4, ge=1, le=64, description="Sources read at the same time.")
    run_s: float = Field(21_600.0, gt=0, description="Seconds one run of a source may take.")
    run_requests: int = Field(200_000, gt=0, description="Requests one run of a source may send.")
    run_pages: int = Field(2_000, gt=0, description="Pages one listing of a source may have (R11).")
    run_records: int = Field(2_000_000, gt=0, description="Documents one run of a source may bring.")
    run_bytes: int = Field(50 << 30, gt=0, description="Bytes one run of a source may receive.")
    run_errors: int = Field(
        20, ge=0, description="Failed requests one run survives; or a twentieth of all, where that is more (R8)."
    )
    bytes_per_day: int = Field(0, ge=0, description="Bytes a source may give in a day (UTC); 0 sets no limit (R10).")
    hours: str = Field(
        "", description="Hours (UTC) at which sources may be read, such as `22-06`; empty means always (R10)."
    )


class FederationSettings(_Part):
    """How members of the federation are read."""

    interval_s: float = Field(60.0, gt=0, description="Seconds between two looks at a member.")
    timeout_s: float = Field(30.0, gt=0, description="Seconds one request to a member may take.")
    purge_hours: float = Field(
        24.0, ge=0, description="Hours after which a withdrawn record's former content is dropped for good."
    )


class ImageSettings(_Part):
    """How pixels at member sites are read."""

    timeout_s: float = Field(10.0, gt=0, description="Seconds one request to a member's storage may take.")
    thumbnail_px: int = Field(256, ge=16, le=1024, description="Longer edge of a thumbnail, in pixels.")
    max_preview_bytes: int = Field(64 << 20, gt=0, description="Decoded bytes a preview may read.")
    cache_bytes: int = Field(256 << 20, gt=0, description="Bytes of rendered thumbnails kept on disk.")


class WebSettings(_Part):
    """The HTTP server."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    threads: int = Field(8, ge=1, description="Request threads.")
    base_url: str = Field(
        "",
        description="Public address of this node; empty makes links relative (no Host header is trusted).",
    )


# One-letter names and hosts of one word are refused by the official validator of OAI-PMH repositories.
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{2,}@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")


class ExchangeSettings(_Part):
    """What is served to other nodes, catalogues and harvesters, and what they are told of this one."""

    title: str = Field("", description="Title of the catalogue; empty means the node's name.")
    description: str = Field(
        "Studies with biological images, as their archives describe them.",
        description="What the catalogue holds, in a sentence or two.",
    )
    publisher: str = Field("", description="Who answers for the catalogue; empty means the node's name.")
    publisher_url: str = Field("", description="Page or ROR of whoever answers for the catalogue.")
    fdp_index: tuple[str, ...] = Field(
        (), description="Addresses of indexes that `announce` tells where this node's FAIR Data Point is."
    )
    metadata_license: str = Field(
        "", description="Address of the licence under which the catalogue's own words may be used; empty states none."
    )
    persistence: str = Field(
        "",
        description="What the operator promises for the long run, in a sentence or two: how long, and who takes over.",
    )
    admin_email: str = Field(
        "", description="Address of a person who answers for this node; OAI-PMH's Identify needs one."
    )
    parallel: int = Field(4, ge=1, le=64, description="Answers to harvesters made at the same time.")
    cache_bytes: int = Field(64 << 20, ge=0, description="Characters of records kept written for the next harvester.")
    wait_s: float = Field(
        5.0, ge=0, description="Seconds a harvester waits for its turn before 503 with Retry-After is answered."
    )
    dumps_kept: int = Field(2, ge=1, description="Dumps that stay, the newest included.")
    dump_hour: Annotated[int, Field(ge=0, le=23)] | Literal[""] = Field(
        2, description="Hour (UTC) from which the worker makes the dump of a day; empty makes none."
    )

    @field_validator("admin_email")
    @classmethod
    def _is_real(cls, value: str) -> str:
        if value and not _EMAIL.fullmatch(value):
            raise ValueError("give an address such as images@archive.org, or leave it out")
        return value


class UsageSettings(_Part):
    """Counting how often records are used."""

    enabled: bool = Field(True, description="Count how often records are used; no address is stored.")
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="Reverse proxies before this server whose X-Forwarded-For is believed; 0 believes none.",
    )


class FairSettings(_Part):
    """FAIR audits and the looks that they rest on."""

    live_per_hour: int = Field(
        60,
        ge=0,
        le=36_000,
        description="Records whose pages, archive and images the worker looks at in an hour; 0 looks at none.",
    )
    live_timeout_s: float = Field(10.0, gt=0, description="Seconds one look may take.")
    live_pause_s: float = Field(
        1.0, ge=0, le=60, description="Least seconds between two looks at the same host of somebody else."
    )
    observations_days: float = Field(
        400.0, gt=0, description="Days after which an observation goes that is not the newest of its kind."
    )
    audits_kept: int = Field(14, ge=1, description="Audits that stay beside frozen ones, the newest included.")
    assess_parallel: int = Field(
        2, ge=0, le=16, description="Assessments of what is not held here made at a time; 0 makes none on the web."
    )
    assess_timeout_s: float = Field(
        20.0, gt=0, le=120, description="Seconds in which one assessment may ask other hosts."
    )
    assess_judging_s: float = Field(
        20.0, gt=0, le=600, description="Seconds one assessment may read and judge; then its process is ended."
    )
    assess_memory_bytes: int = Field(
        1 << 30, ge=512 << 20, description="Address space of a process in which assessments are judged."
    )
    graph: Literal["all", "failing", "none"] = Field(
        "failing",
        description="Test results of the newest audit for SPARQL: all, those that fail, or none and no totals.",
    )
    audit_hours: float = Field(
        24.0, ge=0, description="Hours between two audits that the worker makes when something changed; 0 makes none."
    )


class Settings(BaseSettings):
    """All settings of a node."""

    model_config = SettingsConfigDict(
        env_prefix="OMMATIDIA_",
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        nested_model_default_partial_update=True,
    )

    home: Path = Field(Path("ommatidia-home"), description="Data folder.")
    name: str = Field("Ommatidia node", description="Name of this node, shown on its pages.")
    ledger_url: str = Field("", description="SQLAlchemy URL of the ledger; empty means SQLite in the data folder.")
    profiles: tuple[str, ...] = Field(
        ("gide-0.2", "human-data-1", "mifa-1.0", "reference-image-1"),
        description="Shipped profiles that records are held against for SPARQL; those in DIR/profiles/ always are.",
    )
    graph_images: Literal["none", "all"] = Field(
        "none",
        description="Triples for images of image lists: their numbers only, or all of each image (18 kB an image).",
    )
    query: QuerySettings = Field(default_factory=lambda: QuerySettings(), description="SPARQL endpoint.")
    harvest: HarvestSettings = Field(default_factory=lambda: HarvestSettings(), description="Harvesting.")
    federation: FederationSettings = Field(default_factory=lambda: FederationSettings(), description="Members.")
    images: ImageSettings = Field(default_factory=lambda: ImageSettings(), description="Pixels.")
    web: WebSettings = Field(default_factory=lambda: WebSettings(), description="HTTP server.")
    exchange: ExchangeSettings = Field(
        default_factory=lambda: ExchangeSettings(), description="Harvesting of this node by others."
    )
    fair: FairSettings = Field(default_factory=lambda: FairSettings(), description="FAIR audits.")
    usage: UsageSettings = Field(default_factory=lambda: UsageSettings(), description="Usage counts.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables win over the TOML file, which wins over defaults."""
        toml = _toml_file.get()
        sources: list[PydanticBaseSettingsSource] = [init_settings, env_settings]
        if toml is not None and toml.exists():
            sources.append(TomlConfigSettingsSource(settings_cls, toml))
        return tuple(sources)

    @property
    def ledger(self) -> str:
        """SQLAlchemy URL of the ledger."""
        return self.ledger_url or f"sqlite:///{(self.home / 'ledger.db').absolute()}"


def load_settings(home: Path | None = None) -> Settings:
    """The settings of the node in `home`.

    Args:
        home: data folder; None means OMMATIDIA_HOME, else `./ommatidia-home`.
    Raises:
        ValueError: an unknown key, a value out of range, or a file that is no TOML; the message names it.
    """
    overrides: dict[str, Any] = {} if home is None else {"home": home}
    try:
        folder = Settings(**overrides).home
        token = _toml_file.set(folder / "ommatidia.toml")
        try:
            return Settings(home=folder)
        finally:
            _toml_file.reset(token)
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ValueError(f"{lines}. Correct ommatidia.toml or the OMMATIDIA_* variables.") from error
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"ommatidia.toml is not valid TOML: {error}.") from error
