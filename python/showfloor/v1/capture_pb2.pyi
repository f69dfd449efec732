import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CaptureKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CAPTURE_KIND_UNSPECIFIED: _ClassVar[CaptureKind]
    CAPTURE_KIND_PHOTOS: _ClassVar[CaptureKind]
    CAPTURE_KIND_VIDEO: _ClassVar[CaptureKind]
    CAPTURE_KIND_RGBD: _ClassVar[CaptureKind]
    CAPTURE_KIND_SINGLE_PHOTO: _ClassVar[CaptureKind]

class CaptureState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CAPTURE_STATE_UNSPECIFIED: _ClassVar[CaptureState]
    CAPTURE_STATE_UPLOADING: _ClassVar[CaptureState]
    CAPTURE_STATE_READY: _ClassVar[CaptureState]
CAPTURE_KIND_UNSPECIFIED: CaptureKind
CAPTURE_KIND_PHOTOS: CaptureKind
CAPTURE_KIND_VIDEO: CaptureKind
CAPTURE_KIND_RGBD: CaptureKind
CAPTURE_KIND_SINGLE_PHOTO: CaptureKind
CAPTURE_STATE_UNSPECIFIED: CaptureState
CAPTURE_STATE_UPLOADING: CaptureState
CAPTURE_STATE_READY: CaptureState

class CaptureFile(_message.Message):
    __slots__ = ("name", "size_bytes", "sha256", "received_bytes")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_BYTES_FIELD_NUMBER: _ClassVar[int]
    name: str
    size_bytes: int
    sha256: str
    received_bytes: int
    def __init__(self, name: _Optional[str] = ..., size_bytes: _Optional[int] = ..., sha256: _Optional[str] = ..., received_bytes: _Optional[int] = ...) -> None: ...

class Capture(_message.Message):
    __slots__ = ("id", "display_name", "kind", "state", "files", "create_time", "expire_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    display_name: str
    kind: CaptureKind
    state: CaptureState
    files: _containers.RepeatedCompositeFieldContainer[CaptureFile]
    create_time: _timestamp_pb2.Timestamp
    expire_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., display_name: _Optional[str] = ..., kind: _Optional[_Union[CaptureKind, str]] = ..., state: _Optional[_Union[CaptureState, str]] = ..., files: _Optional[_Iterable[_Union[CaptureFile, _Mapping]]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CreateCaptureRequest(_message.Message):
    __slots__ = ("request_id", "display_name", "kind", "files")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    display_name: str
    kind: CaptureKind
    files: _containers.RepeatedCompositeFieldContainer[CaptureFile]
    def __init__(self, request_id: _Optional[str] = ..., display_name: _Optional[str] = ..., kind: _Optional[_Union[CaptureKind, str]] = ..., files: _Optional[_Iterable[_Union[CaptureFile, _Mapping]]] = ...) -> None: ...

class UploadPartRequest(_message.Message):
    __slots__ = ("capture_id", "file_name", "offset", "data", "sha256")
    CAPTURE_ID_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    capture_id: str
    file_name: str
    offset: int
    data: bytes
    sha256: str
    def __init__(self, capture_id: _Optional[str] = ..., file_name: _Optional[str] = ..., offset: _Optional[int] = ..., data: _Optional[bytes] = ..., sha256: _Optional[str] = ...) -> None: ...

class UploadPartResponse(_message.Message):
    __slots__ = ("received_bytes",)
    RECEIVED_BYTES_FIELD_NUMBER: _ClassVar[int]
    received_bytes: int
    def __init__(self, received_bytes: _Optional[int] = ...) -> None: ...

class FinishCaptureRequest(_message.Message):
    __slots__ = ("capture_id",)
    CAPTURE_ID_FIELD_NUMBER: _ClassVar[int]
    capture_id: str
    def __init__(self, capture_id: _Optional[str] = ...) -> None: ...

class GetCaptureRequest(_message.Message):
    __slots__ = ("capture_id",)
    CAPTURE_ID_FIELD_NUMBER: _ClassVar[int]
    capture_id: str
    def __init__(self, capture_id: _Optional[str] = ...) -> None: ...
