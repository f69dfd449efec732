#nullable enable
using System;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Unity.Models;
using Showfloor.V1;
using UnityEngine;
using Pose = UnityEngine.Pose;
using Vector3 = UnityEngine.Vector3;

namespace Showfloor.Unity
{
    /// <summary>What a face try-on found.</summary>
    public sealed class FaceFit
    {
        internal FaceFit(FitFaceResponse response)
        {
            Response = response;
            CameraFromHead = GltfSpace.ToUnity(response.CamFromHead);
            HeadFromProduct = GltfSpace.ToUnity(response.HeadFromProduct);
        }

        /// <summary>The answer as it came.</summary>
        public FitFaceResponse Response { get; }

        /// <summary>Pose of the head in the space of the camera, metres.</summary>
        public Pose CameraFromHead { get; }

        /// <summary>Pose of the product in the space of the head, metres.</summary>
        public Pose HeadFromProduct { get; }

        /// <summary>Distance between the pupils, millimetres.</summary>
        public double PupillaryDistanceMm => Response.PupillaryDistanceMm;
    }

    /// <summary>Puts glasses, hats and earrings on a face: the server fits a frame, this shows product and occluder. It
    /// works on single frames; it does not track a face by itself.</summary>
    [AddComponentMenu("Showfloor/Face Try-On")]
    public sealed class FaceTryOn : MonoBehaviour
    {
        private const int MaxImageBytes = 3 * 1024 * 1024;

        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("The camera whose picture is fitted; the head is placed in front of it.")]
        private Camera? _camera;

        [SerializeField, Range(50, 95), Tooltip("JPEG quality of the frames that are sent.")]
        private int _jpegQuality = 85;

        private GameObject? _head;
        private ProductModel? _product;
        private LoadedModel? _occluder;
        private string _shownProduct = "";
        private int _turn;

        /// <summary>The last fit; null before the first.</summary>
        public FaceFit? Fit { get; private set; }

        /// <summary>Fits a frame and shows the product on the face.</summary>
        /// <param name="frame">A readable picture with a face.</param>
        /// <param name="productId">Product to put on.</param>
        /// <param name="cancellationToken">Ends it, and so does a later frame.</param>
        /// <exception cref="OperationCanceledException">A later frame took over, or the object is gone.</exception>
        /// <exception cref="ShowfloorException">No face was found, the server has no try-on, and others.</exception>
        public async Task<FaceFit> TryAsync(Texture2D frame, string productId, CancellationToken cancellationToken = default)
        {
            if (_client == null || _camera == null)
            {
                throw new ShowfloorException(
                    RpcStatus.FailedPrecondition,
                    "CLIENT_MISSING",
                    "The try-on '" + name + "' lacks a client or a camera.",
                    "Assign both to the component.");
            }
            if (!frame.isReadable)
            {
                throw new ShowfloorException(
                    RpcStatus.InvalidArgument,
                    "IMAGE_UNREADABLE",
                    "The frame '" + frame.name + "' is not readable.",
                    "Switch on Read/Write in its import settings, or copy the camera's picture into a new Texture2D.");
            }
            int turn = ++_turn;
            byte[] jpeg = frame.EncodeToJPG(_jpegQuality);
            if (jpeg.Length > MaxImageBytes)
            {
                throw new ShowfloorException(
                    RpcStatus.InvalidArgument,
                    "IMAGE_TOO_LARGE",
                    "The frame has " + jpeg.Length + " bytes; " + MaxImageBytes + " are taken at most.",
                    "Scale the frame down to 1280 pixels.");
            }
            float vertical = _camera.fieldOfView * Mathf.Deg2Rad;
            float horizontal = 2f * Mathf.Atan2(Mathf.Tan(vertical / 2f) * _camera.aspect, 1f) * Mathf.Rad2Deg;
            FitFaceResponse response = await _client.TryOn.FitFaceAsync(
                new FitFaceRequest
                {
                    Image = new Image { Data = jpeg, MediaType = "image/jpeg" },
                    HorizontalFovDeg = horizontal,
                    ProductId = productId,
                },
                null,
                cancellationToken);
            var fit = new FaceFit(response);
            GoOn(turn);
            Fit = fit;
            await ShowAsync(fit, productId, turn, cancellationToken);
            _client.Record(EventKind.TryOn, productId);
            return fit;
        }

        /// <summary>Removes product and occluder.</summary>
        public void Clear()
        {
            _turn++;
            _occluder?.Dispose();
            _occluder = null;
            if (_head != null)
            {
                Destroy(_head);
            }
            _head = null;
            _product = null;
            _shownProduct = "";
        }

        private void GoOn(int turn)
        {
            if (turn != _turn)
            {
                throw new OperationCanceledException("A later frame took over.");
            }
        }

        private async Task ShowAsync(FaceFit fit, string productId, int turn, CancellationToken cancellationToken)
        {
            if (_head == null)
            {
                _head = new GameObject("Head");
                _head.transform.SetParent(_camera!.transform, false);
            }
            _head.transform.localPosition = fit.CameraFromHead.position;
            _head.transform.localRotation = fit.CameraFromHead.rotation;
            if (fit.Response.OccluderGlb.Length > 0)
            {
                LoadedModel occluder = await _client!.ModelLoader.LoadAsync(
                    fit.Response.OccluderGlb.ToArray(), _head.transform, "Occluder", new FrameBudgetAgent(_client.Settings.FrameBudgetMs), cancellationToken);
                if (turn != _turn)
                {
                    occluder.Dispose();
                    GoOn(turn);
                }
                _occluder?.Dispose();
                _occluder = occluder;
                occluder.Root.AddComponent<Occluder>().Apply();
                occluder.Root.SetActive(true);
            }
            if (_product == null || _shownProduct != productId)
            {
                ProductModel product = await _client!.LoadAsync(
                    productId, _head.transform, cancellationToken, null, new LoadOptions { Collider = false });
                if (turn != _turn)
                {
                    Destroy(product.gameObject);
                    GoOn(turn);
                }
                if (_product != null)
                {
                    Destroy(_product.gameObject);
                }
                _product = product;
                _shownProduct = productId;
            }
            _product.transform.localPosition = fit.HeadFromProduct.position;
            _product.transform.localRotation = fit.HeadFromProduct.rotation;
        }

        private void OnDestroy() => Clear();
    }
}
