// Writes depth and no colour, before everything opaque: what lies behind it is hidden and the camera picture shows.
Shader "Showfloor/Occluder"
{
    SubShader
    {
        Tags { "RenderType" = "Opaque" "Queue" = "Geometry-10" "IgnoreProjector" = "True" }

        Pass
        {
            ZWrite On
            ZTest LEqual
            ColorMask 0
            Cull Back
        }
    }
}
