#nullable enable
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

        private TwoHandGesture? _gesture;
        private float _scaleBefore = 1f;
        private Vector3 _anglesBefore;
        private Vector3 _grip;
        private bool _dragging;

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

        private Transform? Moved()
        {
            ProductModel? model = _product == null ? null : _product.Model;
            return model == null ? null : model.transform;
        }

        private void Update()
        {
            Transform? moved = Moved();
            if (moved == null)
            {
                return;
            }
            int fingers = Input.touchCount;
            if (fingers >= 2)
            {
                _dragging = false;
                Turn(moved, Input.GetTouch(0), Input.GetTouch(1));
            }
            else
            {
                _gesture = null;
                if (fingers == 1)
                {
                    Drag(moved, Input.GetTouch(0));
                }
                else
                {
                    _dragging = false;
                }
            }
        }

        private void Drag(Transform moved, Touch touch)
        {
            Camera viewer = _camera != null ? _camera : Camera.main;
            if (viewer == null || moved.parent == null)
            {
                return;
            }
            Ray ray = viewer.ScreenPointToRay(touch.position);
            if (!new Plane(moved.parent.up, moved.position).Raycast(ray, out float distance))
            {
                return;
            }
            Vector3 there = moved.parent.InverseTransformPoint(ray.GetPoint(distance));
            if (!_dragging || touch.phase == TouchPhase.Began)
            {
                _dragging = true;
                _grip = moved.localPosition - there;
                return;
            }
            Vector3 wanted = there + _grip;
            wanted.y = moved.localPosition.y;
            float far = wanted.magnitude;
            moved.localPosition = far > _reach ? wanted * (_reach / far) : wanted;
        }

        private void Turn(Transform moved, Touch first, Touch second)
        {
            Wide a = OnScreen(first.position);
            Wide b = OnScreen(second.position);
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
