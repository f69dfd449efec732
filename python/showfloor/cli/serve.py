"""``showfloor serve``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def serve(
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML file with settings.", show_default=False)
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on. Default: 127.0.0.1, this machine only.", show_default=False),
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port of native gRPC; 0: a free one. Default: 50051.", show_default=False)
    ] = None,
    web_port: Annotated[
        int | None,
        typer.Option(
            help="Port of gRPC-Web, Connect, files and gallery; 0: a free one. Default: 8080.", show_default=False
        ),
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="All state. Default: ~/.local/share/showfloor.", show_default=False),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Jobs at the same time; 0: run none here. Default: 1.", show_default=False)
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(metavar="PEM", help="Certificate chain.", show_default=False)] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="PEM", help="Private key.", show_default=False)] = None,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="A proxy in front adds TLS: listen without it, and ask for API keys.")
    ] = False,
    require_keys: Annotated[
        bool, typer.Option("--require-keys", help="Ask for API keys on loopback too; elsewhere they always are.")
    ] = False,
    log_format: Annotated[
        str | None, typer.Option(metavar="FORMAT", help="text or json. Default: text.", show_default=False)
    ] = None,
    log_level: Annotated[
        str | None,
        typer.Option(metavar="LEVEL", help="debug, info, warning or error. Default: info.", show_default=False),
    ] = None,
) -> None:
    """Serve captures, jobs, assets and the gallery until Ctrl-C.

    Every setting can also be given in the environment, as SHOWFLOOR_WEB_PORT, or in the file, as web_port. Flags come
    first, then the environment, then the file.
    """
    from showfloor.server.run import serve as run
    from showfloor.settings import load_settings

    flags = {
        "host": host,
        "port": port,
        "web_port": web_port,
        "data_dir": data_dir,
        "workers": workers,
        "tls_cert": tls_cert,
        "tls_key": tls_key,
        "insecure": insecure or None,
        "require_keys": require_keys or None,
        "log_format": log_format,
        "log_level": log_level,
    }
    run(load_settings(config, **flags), lambda line: typer.echo(line))
