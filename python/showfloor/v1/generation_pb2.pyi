import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from showfloor.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class JobKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    JOB_KIND_UNSPECIFIED: _ClassVar[JobKind]
    JOB_KIND_RECONSTRUCT: _ClassVar[JobKind]
    JOB_KIND_VARIANT: _ClassVar[JobKind]
    JOB_KIND_GENERATE_TEXTURE: _ClassVar[JobKind]
    JOB_KIND_FIT_GARMENT: _ClassVar[JobKind]

class JobState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    JOB_STATE_UNSPECIFIED: _ClassVar[JobState]
    JOB_STATE_QUEUED: _ClassVar[JobState]
    JOB_STATE_RUNNING: _ClassVar[JobState]
    JOB_STATE_SUCCEEDED: _ClassVar[JobState]
    JOB_STATE_FAILED: _ClassVar[JobState]
    JOB_STATE_CANCELLED: _ClassVar[JobState]
JOB_KIND_UNSPECIFIED: JobKind
JOB_KIND_RECONSTRUCT: JobKind
JOB_KIND_VARIANT: JobKind
JOB_KIND_GENERATE_TEXTURE: JobKind
JOB_KIND_FIT_GARMENT: JobKind
JOB_STATE_UNSPECIFIED: JobState
JOB_STATE_QUEUED: JobState
JOB_STATE_RUNNING: JobState
JOB_STATE_SUCCEEDED: JobState
JOB_STATE_FAILED: JobState
JOB_STATE_CANCELLED: JobState

class Job(_message.Message):
    __slots__ = ("id", "kind", "state", "stage", "fraction", "message", "problem", "verdict", "reasons", "capture_id", "asset_id", "product_id", "profile", "display_name", "attempt", "create_time", "start_time", "end_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    FRACTION_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    CAPTURE_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    kind: JobKind
    state: JobState
    stage: str
    fraction: float
    message: str
    problem: _common_pb2.Problem
    verdict: str
    reasons: _containers.RepeatedScalarFieldContainer[str]
    capture_id: str
    asset_id: str
    product_id: str
    profile: str
    display_name: str
    attempt: int
    create_time: _timestamp_pb2.Timestamp
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., kind: _Optional[_Union[JobKind, str]] = ..., state: _Optional[_Union[JobState, str]] = ..., stage: _Optional[str] = ..., fraction: _Optional[float] = ..., message: _Optional[str] = ..., problem: _Optional[_Union[_common_pb2.Problem, _Mapping]] = ..., verdict: _Optional[str] = ..., reasons: _Optional[_Iterable[str]] = ..., capture_id: _Optional[str] = ..., asset_id: _Optional[str] = ..., product_id: _Optional[str] = ..., profile: _Optional[str] = ..., display_name: _Optional[str] = ..., attempt: _Optional[int] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ReconstructOptions(_message.Message):
    __slots__ = ("profile", "height_m", "width_m", "depth_m", "marker_m")
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_M_FIELD_NUMBER: _ClassVar[int]
    WIDTH_M_FIELD_NUMBER: _ClassVar[int]
    DEPTH_M_FIELD_NUMBER: _ClassVar[int]
    MARKER_M_FIELD_NUMBER: _ClassVar[int]
    profile: str
    height_m: float
    width_m: float
    depth_m: float
    marker_m: float
    def __init__(self, profile: _Optional[str] = ..., height_m: _Optional[float] = ..., width_m: _Optional[float] = ..., depth_m: _Optional[float] = ..., marker_m: _Optional[float] = ...) -> None: ...

class ReconstructRequest(_message.Message):
    __slots__ = ("request_id", "capture_id", "product_id", "options")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CAPTURE_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    capture_id: str
    product_id: str
    options: ReconstructOptions
    def __init__(self, request_id: _Optional[str] = ..., capture_id: _Optional[str] = ..., product_id: _Optional[str] = ..., options: _Optional[_Union[ReconstructOptions, _Mapping]] = ...) -> None: ...

class GenerateTextureRequest(_message.Message):
    __slots__ = ("request_id", "asset_id", "prompt", "reference", "seed")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    asset_id: str
    prompt: str
    reference: _common_pb2.Image
    seed: int
    def __init__(self, request_id: _Optional[str] = ..., asset_id: _Optional[str] = ..., prompt: _Optional[str] = ..., reference: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., seed: _Optional[int] = ...) -> None: ...

class FitGarmentRequest(_message.Message):
    __slots__ = ("request_id", "garment_capture_id", "person_capture_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    GARMENT_CAPTURE_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_CAPTURE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    garment_capture_id: str
    person_capture_id: str
    def __init__(self, request_id: _Optional[str] = ..., garment_capture_id: _Optional[str] = ..., person_capture_id: _Optional[str] = ...) -> None: ...

class WatchJobRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class WatchJobResponse(_message.Message):
    __slots__ = ("job", "preview")
    JOB_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_FIELD_NUMBER: _ClassVar[int]
    job: Job
    preview: _common_pb2.Image
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ..., preview: _Optional[_Union[_common_pb2.Image, _Mapping]] = ...) -> None: ...

class GetJobRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class ListJobsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "states")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    states: _containers.RepeatedScalarFieldContainer[JobState]
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., states: _Optional[_Iterable[_Union[JobState, str]]] = ...) -> None: ...

class ListJobsResponse(_message.Message):
    __slots__ = ("jobs", "next_page_token")
    JOBS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    jobs: _containers.RepeatedCompositeFieldContainer[Job]
    next_page_token: str
    def __init__(self, jobs: _Optional[_Iterable[_Union[Job, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CancelJobRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...
