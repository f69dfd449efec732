import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from showfloor.v1 import common_pb2 as _common_pb2
from showfloor.v1 import generation_pb2 as _generation_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Lod(_message.Message):
    __slots__ = ("level", "triangles", "size_bytes", "sha256", "path")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    TRIANGLES_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    level: int
    triangles: int
    size_bytes: int
    sha256: str
    path: str
    def __init__(self, level: _Optional[int] = ..., triangles: _Optional[int] = ..., size_bytes: _Optional[int] = ..., sha256: _Optional[str] = ..., path: _Optional[str] = ...) -> None: ...

class Variant(_message.Message):
    __slots__ = ("profile", "lods", "extensions_required", "etag")
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    LODS_FIELD_NUMBER: _ClassVar[int]
    EXTENSIONS_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    profile: str
    lods: _containers.RepeatedCompositeFieldContainer[Lod]
    extensions_required: _containers.RepeatedScalarFieldContainer[str]
    etag: str
    def __init__(self, profile: _Optional[str] = ..., lods: _Optional[_Iterable[_Union[Lod, _Mapping]]] = ..., extensions_required: _Optional[_Iterable[str]] = ..., etag: _Optional[str] = ...) -> None: ...

class Asset(_message.Message):
    __slots__ = ("id", "display_name", "product_id", "capture_id", "size", "size_known", "scale_source", "verdict", "reasons", "variants", "thumbnail_path", "report_path", "etag", "create_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    CAPTURE_ID_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    SIZE_KNOWN_FIELD_NUMBER: _ClassVar[int]
    SCALE_SOURCE_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    VARIANTS_FIELD_NUMBER: _ClassVar[int]
    THUMBNAIL_PATH_FIELD_NUMBER: _ClassVar[int]
    REPORT_PATH_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    display_name: str
    product_id: str
    capture_id: str
    size: _common_pb2.Size
    size_known: bool
    scale_source: str
    verdict: str
    reasons: _containers.RepeatedScalarFieldContainer[str]
    variants: _containers.RepeatedCompositeFieldContainer[Variant]
    thumbnail_path: str
    report_path: str
    etag: str
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., display_name: _Optional[str] = ..., product_id: _Optional[str] = ..., capture_id: _Optional[str] = ..., size: _Optional[_Union[_common_pb2.Size, _Mapping]] = ..., size_known: _Optional[bool] = ..., scale_source: _Optional[str] = ..., verdict: _Optional[str] = ..., reasons: _Optional[_Iterable[str]] = ..., variants: _Optional[_Iterable[_Union[Variant, _Mapping]]] = ..., thumbnail_path: _Optional[str] = ..., report_path: _Optional[str] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListAssetsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "product_id")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    product_id: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., product_id: _Optional[str] = ...) -> None: ...

class ListAssetsResponse(_message.Message):
    __slots__ = ("assets", "next_page_token")
    ASSETS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    assets: _containers.RepeatedCompositeFieldContainer[Asset]
    next_page_token: str
    def __init__(self, assets: _Optional[_Iterable[_Union[Asset, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetAssetRequest(_message.Message):
    __slots__ = ("asset_id", "product_id")
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    asset_id: str
    product_id: str
    def __init__(self, asset_id: _Optional[str] = ..., product_id: _Optional[str] = ...) -> None: ...

class LodProgress(_message.Message):
    __slots__ = ("level", "offset")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    level: int
    offset: int
    def __init__(self, level: _Optional[int] = ..., offset: _Optional[int] = ...) -> None: ...

class StreamAssetRequest(_message.Message):
    __slots__ = ("asset_id", "product_id", "profile", "readable_extensions", "resume_etag", "resume", "finest_lod")
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    READABLE_EXTENSIONS_FIELD_NUMBER: _ClassVar[int]
    RESUME_ETAG_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    FINEST_LOD_FIELD_NUMBER: _ClassVar[int]
    asset_id: str
    product_id: str
    profile: str
    readable_extensions: _containers.RepeatedScalarFieldContainer[str]
    resume_etag: str
    resume: _containers.RepeatedCompositeFieldContainer[LodProgress]
    finest_lod: int
    def __init__(self, asset_id: _Optional[str] = ..., product_id: _Optional[str] = ..., profile: _Optional[str] = ..., readable_extensions: _Optional[_Iterable[str]] = ..., resume_etag: _Optional[str] = ..., resume: _Optional[_Iterable[_Union[LodProgress, _Mapping]]] = ..., finest_lod: _Optional[int] = ...) -> None: ...

class StreamHeader(_message.Message):
    __slots__ = ("asset", "variant", "resumed")
    ASSET_FIELD_NUMBER: _ClassVar[int]
    VARIANT_FIELD_NUMBER: _ClassVar[int]
    RESUMED_FIELD_NUMBER: _ClassVar[int]
    asset: Asset
    variant: Variant
    resumed: bool
    def __init__(self, asset: _Optional[_Union[Asset, _Mapping]] = ..., variant: _Optional[_Union[Variant, _Mapping]] = ..., resumed: _Optional[bool] = ...) -> None: ...

class Chunk(_message.Message):
    __slots__ = ("level", "offset", "data")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    level: int
    offset: int
    data: bytes
    def __init__(self, level: _Optional[int] = ..., offset: _Optional[int] = ..., data: _Optional[bytes] = ...) -> None: ...

class LodEnd(_message.Message):
    __slots__ = ("level", "sha256")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    level: int
    sha256: str
    def __init__(self, level: _Optional[int] = ..., sha256: _Optional[str] = ...) -> None: ...

class StreamAssetResponse(_message.Message):
    __slots__ = ("chunk", "header", "lod_end", "preparing")
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    LOD_END_FIELD_NUMBER: _ClassVar[int]
    PREPARING_FIELD_NUMBER: _ClassVar[int]
    chunk: Chunk
    header: StreamHeader
    lod_end: LodEnd
    preparing: _generation_pb2.Job
    def __init__(self, chunk: _Optional[_Union[Chunk, _Mapping]] = ..., header: _Optional[_Union[StreamHeader, _Mapping]] = ..., lod_end: _Optional[_Union[LodEnd, _Mapping]] = ..., preparing: _Optional[_Union[_generation_pb2.Job, _Mapping]] = ...) -> None: ...
