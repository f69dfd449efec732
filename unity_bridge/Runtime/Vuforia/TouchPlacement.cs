#nullable enable
using System.Collections.Generic;
using Showfloor.Scene;
using Showfloor.Unity.Models;
using UnityEngine;
using Plane = UnityEngine.Plane;
using Vector2 = UnityEngine.Vector2;
using Vector3 = UnityEngine.Vector3;
using Wide = System.Numerics.Vector3;

namespace Showfloor.AR
{
    /// <summary>Moves a product with one finger on the plane it stands on, and turns and scales it with two, within the
    /// limits of its true size.</summary>
    [AddComponentMenu("Showfloor/AR/Touch Placement")]
    public sealed class TouchPlacement : MonoBehaviour
    {
        [SerializeField, Tooltip("The product that is moved.")]
        private TargetedProduct? _product;

        [SerializeField, Tooltip("The camera. Empty: the main camera.")]
        private Camera? _camera;

        [SerializeField, Min(0f), Tooltip("Farthest that the product may be moved from its packaging, metres.")]
        private float _reach = 1.5f;

        [SerializeField, Tooltip("Whether it may be scaled; otherwise it keeps its true size.")]
        private bool _scalable = true;

        private readonly Fingers _fingers = new Fingers();
        private readonly List<Finger> _now = new List<Finger>();
        private TwoHandGesture? _gesture;
        private float _scaleBefore = 1f;
        private Vector3 _anglesBefore;
        private Vector3 _grip;
        private int _dragged = -1;

        /// <summary>Puts the product back to its true size, place and direction.</summary>
        public void ResetPlacement()
        {
            Transform? moved = Moved();
            if (moved != null)
            {
                moved.localPosition = Vector3.zero;
                moved.localEulerAngles = Vector3.zero;
                moved.localScale = Vector3.one;
            }
        }

        private void OnEnable() => Fingers.Enable();

        private void OnDisable() => Fingers.Disable();

        /// <summary>The product; null where there is none, several are compared, or the packaging is not tracked.</summary>
        private Transform? Moved()
        {
            ProductModel? model = _product == null || _product.Models.Count > 1 ? null : _product.Model;
            return model == null || !model.gameObject.activeInHierarchy ? null : model.transform;
        }

        private void Update()
        {
            _fingers.Read(_now);
            Transform? moved = Moved();
            if (moved == null || _now.Count == 0)
            {
                _gesture = null;
                _dragged = -1;
            }
            else if (_now.Count >= 2)
            {
                _dragged = -1;
                Turn(moved, _now[0], _now[1]);
            }
            else
            {
                _gesture = null;
                Drag(moved, _now[0]);
            }
        }

        private void Drag(Transform moved, Finger finger)
        {
            Camera viewer = _camera != null ? _camera : Camera.main;
            if (viewer == null || moved.parent == null)
            {
                return;
            }
            Ray ray = viewer.ScreenPointToRay(finger.Position);
            if (!new Plane(moved.parent.up, moved.position).Raycast(ray, out float distance))
            {
                return;
            }
            Vector3 there = moved.parent.InverseTransformPoint(ray.GetPoint(distance));
            if (_dragged != finger.Id)
            {
                _dragged = finger.Id;
                _grip = moved.localPosition - there;
                return;
            }
            Vector3 wanted = there + _grip;
            wanted.y = moved.localPosition.y;
            float far = wanted.magnitude;
            moved.localPosition = far > _reach ? wanted * (_reach / far) : wanted;
        }

        private void Turn(Transform moved, Finger first, Finger second)
        {
            Wide a = OnScreen(first.Position);
            Wide b = OnScreen(second.Position);
            if (_gesture is null)
            {
                _gesture = new TwoHandGesture(a, b);
                _scaleBefore = moved.localScale.x;
                _anglesBefore = moved.localEulerAngles;
                return;
            }
            _gesture.Update(a, b);
            moved.localEulerAngles = _anglesBefore + new Vector3(0f, _gesture.Yaw * Mathf.Rad2Deg, 0f);
            float scale = _scalable ? _product!.Limits.Clamp(_scaleBefore * _gesture.Scale) : 1f;
            moved.localScale = Vector3.one * scale;
        }

        /// <summary>The screen as a plane seen from above, in screen heights, so that a turn of the fingers is one about +Y.</summary>
        private static Wide OnScreen(Vector2 pixels) => new Wide(pixels.x / Screen.height, 0f, pixels.y / Screen.height);
    }
}
