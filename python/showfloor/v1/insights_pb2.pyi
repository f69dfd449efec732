import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EventKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EVENT_KIND_UNSPECIFIED: _ClassVar[EventKind]
    EVENT_KIND_EXPOSURE: _ClassVar[EventKind]
    EVENT_KIND_CARD_OPENED: _ClassVar[EventKind]
    EVENT_KIND_AR_PLACED: _ClassVar[EventKind]
    EVENT_KIND_TRY_ON: _ClassVar[EventKind]
    EVENT_KIND_VR_VISIT: _ClassVar[EventKind]
    EVENT_KIND_CART: _ClassVar[EventKind]
    EVENT_KIND_PURCHASE: _ClassVar[EventKind]
    EVENT_KIND_THUMBS_UP: _ClassVar[EventKind]
    EVENT_KIND_THUMBS_DOWN: _ClassVar[EventKind]

class BreakdownBy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BREAKDOWN_BY_UNSPECIFIED: _ClassVar[BreakdownBy]
    BREAKDOWN_BY_PRODUCT: _ClassVar[BreakdownBy]
    BREAKDOWN_BY_SCENE: _ClassVar[BreakdownBy]

class AuditBy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUDIT_BY_UNSPECIFIED: _ClassVar[AuditBy]
    AUDIT_BY_BRAND: _ClassVar[AuditBy]
    AUDIT_BY_CATEGORY: _ClassVar[AuditBy]
    AUDIT_BY_SHOPPERS: _ClassVar[AuditBy]
EVENT_KIND_UNSPECIFIED: EventKind
EVENT_KIND_EXPOSURE: EventKind
EVENT_KIND_CARD_OPENED: EventKind
EVENT_KIND_AR_PLACED: EventKind
EVENT_KIND_TRY_ON: EventKind
EVENT_KIND_VR_VISIT: EventKind
EVENT_KIND_CART: EventKind
EVENT_KIND_PURCHASE: EventKind
EVENT_KIND_THUMBS_UP: EventKind
EVENT_KIND_THUMBS_DOWN: EventKind
BREAKDOWN_BY_UNSPECIFIED: BreakdownBy
BREAKDOWN_BY_PRODUCT: BreakdownBy
BREAKDOWN_BY_SCENE: BreakdownBy
AUDIT_BY_UNSPECIFIED: AuditBy
AUDIT_BY_BRAND: AuditBy
AUDIT_BY_CATEGORY: AuditBy
AUDIT_BY_SHOPPERS: AuditBy

class Event(_message.Message):
    __slots__ = ("id", "kind", "time", "shopper_id", "session_id", "product_id", "scene", "arms")
    class ArmsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    SHOPPER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    ARMS_FIELD_NUMBER: _ClassVar[int]
    id: str
    kind: EventKind
    time: _timestamp_pb2.Timestamp
    shopper_id: str
    session_id: str
    product_id: str
    scene: str
    arms: _containers.ScalarMap[str, str]
    def __init__(self, id: _Optional[str] = ..., kind: _Optional[_Union[EventKind, str]] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., shopper_id: _Optional[str] = ..., session_id: _Optional[str] = ..., product_id: _Optional[str] = ..., scene: _Optional[str] = ..., arms: _Optional[_Mapping[str, str]] = ...) -> None: ...

class RecordEventsRequest(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[Event]
    def __init__(self, events: _Optional[_Iterable[_Union[Event, _Mapping]]] = ...) -> None: ...

class RecordEventsResponse(_message.Message):
    __slots__ = ("stored",)
    STORED_FIELD_NUMBER: _ClassVar[int]
    stored: int
    def __init__(self, stored: _Optional[int] = ...) -> None: ...

class FunnelRequest(_message.Message):
    __slots__ = ("start_time", "end_time", "product_id", "scene")
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    product_id: str
    scene: str
    def __init__(self, start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., product_id: _Optional[str] = ..., scene: _Optional[str] = ...) -> None: ...

class FunnelStep(_message.Message):
    __slots__ = ("kind", "shoppers", "rate")
    KIND_FIELD_NUMBER: _ClassVar[int]
    SHOPPERS_FIELD_NUMBER: _ClassVar[int]
    RATE_FIELD_NUMBER: _ClassVar[int]
    kind: EventKind
    shoppers: int
    rate: float
    def __init__(self, kind: _Optional[_Union[EventKind, str]] = ..., shoppers: _Optional[int] = ..., rate: _Optional[float] = ...) -> None: ...

class FunnelResponse(_message.Message):
    __slots__ = ("steps", "lift", "lift_low", "lift_high", "shoppers_with", "conversion_with", "shoppers_without", "conversion_without")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    LIFT_FIELD_NUMBER: _ClassVar[int]
    LIFT_LOW_FIELD_NUMBER: _ClassVar[int]
    LIFT_HIGH_FIELD_NUMBER: _ClassVar[int]
    SHOPPERS_WITH_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_WITH_FIELD_NUMBER: _ClassVar[int]
    SHOPPERS_WITHOUT_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_WITHOUT_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[FunnelStep]
    lift: float
    lift_low: float
    lift_high: float
    shoppers_with: int
    conversion_with: float
    shoppers_without: int
    conversion_without: float
    def __init__(self, steps: _Optional[_Iterable[_Union[FunnelStep, _Mapping]]] = ..., lift: _Optional[float] = ..., lift_low: _Optional[float] = ..., lift_high: _Optional[float] = ..., shoppers_with: _Optional[int] = ..., conversion_with: _Optional[float] = ..., shoppers_without: _Optional[int] = ..., conversion_without: _Optional[float] = ...) -> None: ...

class BreakdownRequest(_message.Message):
    __slots__ = ("start_time", "end_time", "by", "page_size", "page_token")
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    by: BreakdownBy
    page_size: int
    page_token: str
    def __init__(self, start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., by: _Optional[_Union[BreakdownBy, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class BreakdownRow(_message.Message):
    __slots__ = ("name", "steps")
    NAME_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    name: str
    steps: _containers.RepeatedCompositeFieldContainer[FunnelStep]
    def __init__(self, name: _Optional[str] = ..., steps: _Optional[_Iterable[_Union[FunnelStep, _Mapping]]] = ...) -> None: ...

class BreakdownResponse(_message.Message):
    __slots__ = ("rows", "next_page_token")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    rows: _containers.RepeatedCompositeFieldContainer[BreakdownRow]
    next_page_token: str
    def __init__(self, rows: _Optional[_Iterable[_Union[BreakdownRow, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class RetentionRequest(_message.Message):
    __slots__ = ("weeks",)
    WEEKS_FIELD_NUMBER: _ClassVar[int]
    weeks: int
    def __init__(self, weeks: _Optional[int] = ...) -> None: ...

class RetentionCohort(_message.Message):
    __slots__ = ("week", "shoppers", "shares")
    WEEK_FIELD_NUMBER: _ClassVar[int]
    SHOPPERS_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    week: str
    shoppers: int
    shares: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, week: _Optional[str] = ..., shoppers: _Optional[int] = ..., shares: _Optional[_Iterable[float]] = ...) -> None: ...

class RetentionResponse(_message.Message):
    __slots__ = ("cohorts",)
    COHORTS_FIELD_NUMBER: _ClassVar[int]
    cohorts: _containers.RepeatedCompositeFieldContainer[RetentionCohort]
    def __init__(self, cohorts: _Optional[_Iterable[_Union[RetentionCohort, _Mapping]]] = ...) -> None: ...

class ListExperimentsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListExperimentsResponse(_message.Message):
    __slots__ = ("experiments",)
    EXPERIMENTS_FIELD_NUMBER: _ClassVar[int]
    experiments: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, experiments: _Optional[_Iterable[str]] = ...) -> None: ...

class ExperimentRequest(_message.Message):
    __slots__ = ("experiment", "goal")
    EXPERIMENT_FIELD_NUMBER: _ClassVar[int]
    GOAL_FIELD_NUMBER: _ClassVar[int]
    experiment: str
    goal: EventKind
    def __init__(self, experiment: _Optional[str] = ..., goal: _Optional[_Union[EventKind, str]] = ...) -> None: ...

class ExperimentArm(_message.Message):
    __slots__ = ("name", "shoppers", "successes", "rate", "low", "high")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SHOPPERS_FIELD_NUMBER: _ClassVar[int]
    SUCCESSES_FIELD_NUMBER: _ClassVar[int]
    RATE_FIELD_NUMBER: _ClassVar[int]
    LOW_FIELD_NUMBER: _ClassVar[int]
    HIGH_FIELD_NUMBER: _ClassVar[int]
    name: str
    shoppers: int
    successes: int
    rate: float
    low: float
    high: float
    def __init__(self, name: _Optional[str] = ..., shoppers: _Optional[int] = ..., successes: _Optional[int] = ..., rate: _Optional[float] = ..., low: _Optional[float] = ..., high: _Optional[float] = ...) -> None: ...

class ExperimentResponse(_message.Message):
    __slots__ = ("arms", "p_value", "conclusion")
    ARMS_FIELD_NUMBER: _ClassVar[int]
    P_VALUE_FIELD_NUMBER: _ClassVar[int]
    CONCLUSION_FIELD_NUMBER: _ClassVar[int]
    arms: _containers.RepeatedCompositeFieldContainer[ExperimentArm]
    p_value: float
    conclusion: str
    def __init__(self, arms: _Optional[_Iterable[_Union[ExperimentArm, _Mapping]]] = ..., p_value: _Optional[float] = ..., conclusion: _Optional[str] = ...) -> None: ...

class AuditRequest(_message.Message):
    __slots__ = ("by", "start_time", "end_time", "shopper_groups")
    class ShopperGroupsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    BY_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    SHOPPER_GROUPS_FIELD_NUMBER: _ClassVar[int]
    by: AuditBy
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    shopper_groups: _containers.ScalarMap[str, str]
    def __init__(self, by: _Optional[_Union[AuditBy, str]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., shopper_groups: _Optional[_Mapping[str, str]] = ...) -> None: ...

class AuditGroup(_message.Message):
    __slots__ = ("name", "size", "exposures", "exposure_ratio", "tried", "hit_rate", "under_served")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    EXPOSURES_FIELD_NUMBER: _ClassVar[int]
    EXPOSURE_RATIO_FIELD_NUMBER: _ClassVar[int]
    TRIED_FIELD_NUMBER: _ClassVar[int]
    HIT_RATE_FIELD_NUMBER: _ClassVar[int]
    UNDER_SERVED_FIELD_NUMBER: _ClassVar[int]
    name: str
    size: int
    exposures: int
    exposure_ratio: float
    tried: int
    hit_rate: float
    under_served: bool
    def __init__(self, name: _Optional[str] = ..., size: _Optional[int] = ..., exposures: _Optional[int] = ..., exposure_ratio: _Optional[float] = ..., tried: _Optional[int] = ..., hit_rate: _Optional[float] = ..., under_served: _Optional[bool] = ...) -> None: ...

class AuditResponse(_message.Message):
    __slots__ = ("groups", "conclusion")
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    CONCLUSION_FIELD_NUMBER: _ClassVar[int]
    groups: _containers.RepeatedCompositeFieldContainer[AuditGroup]
    conclusion: str
    def __init__(self, groups: _Optional[_Iterable[_Union[AuditGroup, _Mapping]]] = ..., conclusion: _Optional[str] = ...) -> None: ...
