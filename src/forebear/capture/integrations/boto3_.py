"""boto3: objects of S3 that are downloaded and uploaded."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any, Final

from forebear.capture.downloads import Download, downloaded, uploaded
from forebear.capture.patching import Call, Patches
from forebear.capture.streams import Streams

__all__ = ["MODULES"]

_STREAMS: Final = Streams()


def patch_client(patches: Patches, module: ModuleType) -> None:
    """Observe the calls of clients, whose methods are made when a client is."""
    patches.observe(module.BaseClient, "_make_api_call", _after_call)


def patch_bodies(patches: Patches, module: ModuleType) -> None:
    """Follow the content of objects that are read bit by bit."""
    _STREAMS.follow_reads(patches, module.StreamingBody, "read", _is_over)


def patch_transfers(patches: Patches, module: ModuleType) -> None:
    """Observe the transfer of whole files, which goes on in threads."""
    patches.observe(module, "download_file", _after_download)
    patches.observe(module, "upload_file", _after_upload)


def _is_over(body: Any) -> bool:
    length = getattr(body, "_content_length", None)
    return length is not None and getattr(body, "_amount_read", 0) >= int(length)


def _after_call(call: Call, result: Any) -> None:
    operation, given = call.argument(1, "operation_name"), call.argument(2, "api_params")
    service = call.args[0].meta.service_model.service_name
    if operation != "GetObject" or service != "s3" or "Range" in given:
        return
    headers = result.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    url = f"s3://{given['Bucket']}/{given['Key']}"
    _STREAMS.watch(result["Body"], Download(call, url, headers, "boto3.get_object"))


def _place(call: Call, bucket: int, key: int, file: int) -> tuple[str, Path]:
    name = f"s3://{call.argument(bucket, 'Bucket')}/{call.argument(key, 'Key')}"
    return name, Path(str(call.argument(file, "Filename"))).absolute()


def _after_download(call: Call, result: Any) -> None:
    url, path = _place(call, 1, 2, 3)
    downloaded(call, url, {}, "boto3.download_file", body=path)


def _after_upload(call: Call, result: Any) -> None:
    url, path = _place(call, 2, 3, 1)
    call.claim(str(path))
    uploaded(call.session, path, url)


MODULES = {
    "botocore.client": patch_client,
    "botocore.response": patch_bodies,
    "boto3.s3.inject": patch_transfers,
}
