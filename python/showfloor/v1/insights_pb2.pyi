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
    __slots__ = ("steps", "lift", "lift_low", "lift_high")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    LIFT_FIELD_NUMBER: _ClassVar[int]
    LIFT_LOW_FIELD_NUMBER: _ClassVar[int]
    LIFT_HIGH_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[FunnelStep]
    lift: float
    lift_low: float
    lift_high: float
    def __init__(self, steps: _Optional[_Iterable[_Union[FunnelStep, _Mapping]]] = ..., lift: _Optional[float] = ..., lift_low: _Optional[float] = ..., lift_high: _Optional[float] = ...) -> None: ...

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
