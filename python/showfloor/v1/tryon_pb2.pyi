from showfloor.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FitFaceRequest(_message.Message):
    __slots__ = ("image", "horizontal_fov_deg", "product_id")
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    HORIZONTAL_FOV_DEG_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    image: _common_pb2.Image
    horizontal_fov_deg: float
    product_id: str
    def __init__(self, image: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., horizontal_fov_deg: _Optional[float] = ..., product_id: _Optional[str] = ...) -> None: ...

class FitFaceResponse(_message.Message):
    __slots__ = ("cam_from_head", "pupillary_distance_mm", "landmarks", "occluder_glb", "head_from_product")
    CAM_FROM_HEAD_FIELD_NUMBER: _ClassVar[int]
    PUPILLARY_DISTANCE_MM_FIELD_NUMBER: _ClassVar[int]
    LANDMARKS_FIELD_NUMBER: _ClassVar[int]
    OCCLUDER_GLB_FIELD_NUMBER: _ClassVar[int]
    HEAD_FROM_PRODUCT_FIELD_NUMBER: _ClassVar[int]
    cam_from_head: _common_pb2.Pose
    pupillary_distance_mm: float
    landmarks: _containers.RepeatedScalarFieldContainer[float]
    occluder_glb: bytes
    head_from_product: _common_pb2.Pose
    def __init__(self, cam_from_head: _Optional[_Union[_common_pb2.Pose, _Mapping]] = ..., pupillary_distance_mm: _Optional[float] = ..., landmarks: _Optional[_Iterable[float]] = ..., occluder_glb: _Optional[bytes] = ..., head_from_product: _Optional[_Union[_common_pb2.Pose, _Mapping]] = ...) -> None: ...

class TryOnGarmentRequest(_message.Message):
    __slots__ = ("person", "garment", "category")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    GARMENT_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    person: _common_pb2.Image
    garment: _common_pb2.Image
    category: str
    def __init__(self, person: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., garment: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., category: _Optional[str] = ...) -> None: ...

class TryOnGarmentResponse(_message.Message):
    __slots__ = ("image", "warnings")
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    image: _common_pb2.Image
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, image: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., warnings: _Optional[_Iterable[str]] = ...) -> None: ...

class MeasureBodyRequest(_message.Message):
    __slots__ = ("front", "side", "height_m")
    FRONT_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_M_FIELD_NUMBER: _ClassVar[int]
    front: _common_pb2.Image
    side: _common_pb2.Image
    height_m: float
    def __init__(self, front: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., side: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., height_m: _Optional[float] = ...) -> None: ...

class BodyMeasure(_message.Message):
    __slots__ = ("name", "value_mm", "tolerance_mm")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_MM_FIELD_NUMBER: _ClassVar[int]
    TOLERANCE_MM_FIELD_NUMBER: _ClassVar[int]
    name: str
    value_mm: float
    tolerance_mm: float
    def __init__(self, name: _Optional[str] = ..., value_mm: _Optional[float] = ..., tolerance_mm: _Optional[float] = ...) -> None: ...

class MeasureBodyResponse(_message.Message):
    __slots__ = ("measures",)
    MEASURES_FIELD_NUMBER: _ClassVar[int]
    measures: _containers.RepeatedCompositeFieldContainer[BodyMeasure]
    def __init__(self, measures: _Optional[_Iterable[_Union[BodyMeasure, _Mapping]]] = ...) -> None: ...

class MakeupLayer(_message.Message):
    __slots__ = ("region", "colour_rgb", "strength", "finish")
    REGION_FIELD_NUMBER: _ClassVar[int]
    COLOUR_RGB_FIELD_NUMBER: _ClassVar[int]
    STRENGTH_FIELD_NUMBER: _ClassVar[int]
    FINISH_FIELD_NUMBER: _ClassVar[int]
    region: str
    colour_rgb: int
    strength: float
    finish: str
    def __init__(self, region: _Optional[str] = ..., colour_rgb: _Optional[int] = ..., strength: _Optional[float] = ..., finish: _Optional[str] = ...) -> None: ...

class MakeupRequest(_message.Message):
    __slots__ = ("image", "layers")
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    image: _common_pb2.Image
    layers: _containers.RepeatedCompositeFieldContainer[MakeupLayer]
    def __init__(self, image: _Optional[_Union[_common_pb2.Image, _Mapping]] = ..., layers: _Optional[_Iterable[_Union[MakeupLayer, _Mapping]]] = ...) -> None: ...

class MakeupResponse(_message.Message):
    __slots__ = ("image",)
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    image: _common_pb2.Image
    def __init__(self, image: _Optional[_Union[_common_pb2.Image, _Mapping]] = ...) -> None: ...
