"""Every setting of the server: from flags, ``SHOWFLOOR_…`` in the environment, or a TOML file, in this order."""

from __future__ import annotations

import ipaddress
import os
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from assets_pipeline.errors import InputError

MIB = 2**20
PREFIX = "SHOWFLOOR_"


class Settings(BaseSettings):
    """The server's settings. Byte limits are bytes, times are seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data_dir: Path = Field(Path("~/.local/share/showfloor"), description="All state: database, blobs, uploads, work.")
    host: str = Field("127.0.0.1", description="Address to listen on. Others than loopback need TLS or --insecure.")
    port: int = Field(50051, ge=0, le=65535, description="Port of native gRPC; 0 chooses a free one.")
    web_port: int = Field(8080, ge=0, le=65535, description="Port of gRPC-Web, Connect, files and the gallery.")
    tls_cert: Path | None = Field(None, description="PEM file with the certificate chain.")
    tls_key: Path | None = Field(None, description="PEM file with the private key.")
    insecure: bool = Field(False, description="A proxy in front adds TLS: listen without it, and ask for API keys.")
    require_keys: bool = Field(False, description="Ask for API keys on loopback too.")
    cors_origins: tuple[str, ...] = Field((), description="Origins whose pages may call the web port.")

    database_url: str = Field("", description="SQLAlchemy URL. Default: SQLite in data_dir.")
    blob_url: str = Field("", description="fsspec URL for files: s3://bucket/prefix. Default: a folder in data_dir.")

    workers: int = Field(1, ge=0, le=64, description="Jobs at the same time; 0: this process runs none.")
    executor: Literal["local", "ray"] = Field("local", description="Where jobs run.")
    max_attempts: int = Field(3, ge=1, le=10, description="How often a job is begun before it fails.")

    max_capture_bytes: int = Field(2048 * MIB, ge=1, description="Bytes of one capture.")
    max_capture_files: int = Field(500, ge=1, description="Files of one capture.")
    max_image_pixels: int = Field(170_000_000, ge=1, description="Pixels of one photo.")
    max_part_bytes: int = Field(MIB, ge=1, le=3 * MIB, description="Bytes of one upload part.")
    max_message_bytes: int = Field(4 * MIB, ge=64 * 1024, description="Bytes of one request.")
    max_jobs_per_key: int = Field(100, ge=1, description="Jobs of one key that have not ended.")
    max_queue: int = Field(1000, ge=1, description="Jobs that wait, of all keys.")
    max_streams: int = Field(1000, ge=1, description="Streams open at the same time.")
    idle_timeout_s: float = Field(300.0, gt=0, description="A stream whose client reads nothing for so long is closed.")
    capture_ttl_h: float = Field(24.0, gt=0, description="Hours until an unfinished capture is removed.")
    blob_grace_h: float = Field(1.0, ge=0, description="Hours for which an unreferenced file is kept.")
    drain_s: float = Field(5.0, ge=0, description="Time for calls to end when the server stops.")

    shop_file: Path | None = Field(None, description="TOML file of the shop's policies, contacts and rules.")
    engine: Literal["embedded", "openai", "none"] = Field(
        "embedded", description="What phrases for the assistant: a model in this process, a URL, or templates alone."
    )
    engine_model: str = Field("", description="A model's name, or a GGUF file.")
    engine_url: str = Field("", description="Base URL of an OpenAI-compatible API: http://127.0.0.1:8000/v1.")
    engine_key: SecretStr = Field(SecretStr(""), description="API key for engine_url.")
    engine_timeout_s: float = Field(8.0, gt=0, le=120, description="Time for an engine's reply; a template follows.")
    commercial_only: bool = Field(False, description="Refuse models whose licence forbids commercial use.")
    conversation_ttl_h: float = Field(24.0, gt=0, description="Hours after which an idle conversation is deleted.")
    keep_dialogues: bool = Field(False, description="Keep what shoppers and assistant said, masked, for training.")

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged.")
    log_format: Literal["text", "json"] = Field("text", description="For people or for machines.")
    otlp_endpoint: str = Field("", description="OpenTelemetry collector for traces. Default: no traces.")

    @property
    def root(self) -> Path:
        """``data_dir`` with ``~`` resolved."""
        return self.data_dir.expanduser().absolute()

    @property
    def database(self) -> str:
        """URL of the database."""
        return self.database_url or f"sqlite:///{self.root / 'showfloor.db'}"

    @property
    def blobs(self) -> str:
        """URL of the blob store."""
        return self.blob_url or f"file://{self.root / 'blobs'}"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can connect."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def keys_required(self) -> bool:
        """Whether callers need an API key: always where others may reach the server, a proxy included."""
        return self.require_keys or self.insecure or not self.loopback

    @property
    def tls(self) -> bool:
        return self.tls_cert is not None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(config: Path | None = None, **flags: Any) -> Settings:
    """Settings from flags (None: not given), the environment and the file ``config``.

    Raises:
        InputError: CONFIG_NOT_FOUND, CONFIG_INVALID, NOT_SAFE.
    """
    if config is not None and not config.is_file():
        raise InputError("CONFIG_NOT_FOUND", f"There is no file {config}.", "Check --config.")

    for name in os.environ:
        meant = get_close_matches(name.removeprefix(PREFIX).lower(), Settings.model_fields, n=1, cutoff=0.85)
        if name.startswith(PREFIX) and meant and name != PREFIX + meant[0].upper():
            raise InputError(
                "CONFIG_INVALID",
                f"There is no setting {name}; {PREFIX}{meant[0].upper()} is one.",
                "Correct or unset the variable; docs/operators.md lists the settings.",
            )

    class FromFile(Settings):
        model_config = SettingsConfigDict(toml_file=config)

    try:
        settings = FromFile(**{k: v for k, v in flags.items() if v is not None})
    except SettingsError as e:
        raise InputError(
            "CONFIG_INVALID",
            f"{str(e).rstrip('.')}. A list is written as JSON.",
            "For example: SHOWFLOOR_CORS_ORIGINS='[\"https://shop.example\"]'. docs/operators.md lists the settings.",
        ) from e
    except ValidationError as e:
        problems = "; ".join(f"{'.'.join(map(str, p['loc'])) or 'settings'}: {p['msg']}" for p in e.errors())
        raise InputError("CONFIG_INVALID", f"{problems}.", "docs/operators.md lists the settings.") from e
    except ValueError as e:
        raise InputError("CONFIG_INVALID", f"{config}: {e}.", "The file must be TOML: name = value.") from e
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise InputError("CONFIG_INVALID", "tls_cert and tls_key go together.", "Give both, or neither.")
    if not settings.loopback and not settings.tls and not settings.insecure:
        raise InputError(
            "NOT_SAFE",
            f"{settings.host} can be reached from other machines, and there is no TLS.",
            "Give tls_cert and tls_key, or --insecure when a proxy in front adds TLS.",
        )
    return settings
