"""What this server can do, for clients that ask before they use it."""

from __future__ import annotations

from forebear.server.mlflow.table import Desk, serves
from forebear.server.mlflow.values import Body

__all__ = ["server_info"]


@serves("GET", "server-info", "read")
def server_info(desk: Desk, body: Body) -> Body:
    """Return which parts of the interface are served; large files come in parts."""
    return {
        "store_type": "SqlStore",
        "workspaces_enabled": False,
        "trace_archival_enabled": False,
        "multipart_uploads_enabled": True,
        "multipart_downloads_enabled": False,
        "presigned_upload_run_id_supported": False,
        "presigned_upload_model_id_supported": False,
        "features_enabled": {"gateway": False},
    }
