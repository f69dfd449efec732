#nullable enable
using System;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.V1;
using Showfloor.Xr;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.UI;
using Picture = Showfloor.V1.Image;
using Vector3 = UnityEngine.Vector3;

namespace Showfloor.Unity.Ui
{
    /// <summary>Try-on for shoppers: a photo of themselves, with a garment, make-up or something on the head, and their body
    /// measures. What the server cannot do is said kindly. Photos go to the server alone, which does not keep them.</summary>
    [AddComponentMenu("Showfloor/Try-On Panel")]
    public sealed class TryOnPanel : MonoBehaviour
    {
        private const int JpegQuality = 85;

        [SerializeField, Tooltip("The connection.")]
        private ShowfloorClient? _client;

        [SerializeField, Tooltip("Puts glasses and hats on a photo. Optional: without it they are not offered.")]
        private FaceTryOn? _face;

        [SerializeField, Tooltip("Camera preview, then photo, then result. It may lie on another canvas, behind what FaceTryOn shows.")]
        private RawImage? _picture;

        [SerializeField, Tooltip("What the shopper reads.")]
        private Text? _message;

        [SerializeField, Tooltip("Height of the shopper, for measures. Optional.")]
        private InputField? _height;

        [SerializeField, Tooltip("The camera is needed (true) or free again (false): AR must stop meanwhile.")]
        private UnityEvent<bool> _cameraNeeded = new UnityEvent<bool>();

        [SerializeField, Tooltip("A product was tried on: its id.")]
        private UnityEvent<string> _triedOn = new UnityEvent<string>();

        private readonly SelfieCamera _camera = new SelfieCamera();
        private CancellationTokenSource? _work;
        private Texture2D? _photo;
        private Texture2D? _result;
        private Product? _product;

        /// <summary>The camera is needed (true) or free again (false).</summary>
        public UnityEvent<bool> CameraNeeded => _cameraNeeded;

        /// <summary>A product was tried on.</summary>
        public UnityEvent<string> TriedOn => _triedOn;

        /// <summary>Whether the panel is open.</summary>
        public bool IsOpen { get; private set; }

        private string Language => _client != null ? _client.Language : "en";

        /// <summary>Opens the panel for a product and starts the camera.</summary>
        public void Open(string productId) => Run(token => OpenAsync(productId, token));

        /// <summary>For the shutter button: takes a photo and tries the product on.</summary>
        public void Shoot()
        {
            if (_product != null && _camera.Preview != null)
            {
                Product product = _product;
                Texture2D photo = _camera.Take();
                Run(token => TryAsync(product, photo, token));
            }
        }

        /// <summary>For a button: estimates body measures from the last photo and the height that was typed.</summary>
        public void Measure() => Run(MeasureAsync);

        /// <summary>For a button: back to the camera for another photo.</summary>
        public void Again()
        {
            if (_product != null)
            {
                Open(_product.Id);
            }
        }

        /// <summary>For a button: closes the panel, forgets the photo, and frees the camera.</summary>
        public void Close()
        {
            _work?.Cancel();
            _camera.Stop();
            if (_face != null)
            {
                _face.Clear();
            }
            Forget(ref _photo);
            Forget(ref _result);
            if (_picture != null)
            {
                _picture.gameObject.SetActive(false);
            }
            if (IsOpen)
            {
                IsOpen = false;
                _cameraNeeded.Invoke(false);
            }
            gameObject.SetActive(false);
        }

        /// <summary>Tries a product on a photo that is there already. The panel takes the photo over.</summary>
        /// <exception cref="ShowfloorException">The server cannot do it, finds nobody on the photo, and others.</exception>
        public async Task TryAsync(Product product, Texture2D photo, CancellationToken cancellationToken = default)
        {
            Forget(ref _photo);
            _photo = photo;
            _camera.Stop();
            ShowStill(photo);
            Say(ShopperText.In(Language, "One moment …", "请稍候……"));
            TryOnChoice choice = TryOnChoice.For(product);
            string remarks = "";
            switch (choice.Kind)
            {
                case TryOnKind.Garment:
                    TryOnGarmentResponse worn = await Client().TryOn.TryOnGarmentAsync(
                        new TryOnGarmentRequest
                        {
                            Person = Jpeg(photo),
                            Garment = await GarmentAsync(product, cancellationToken),
                            Category = choice.GarmentCategory,
                        },
                        null,
                        cancellationToken);
                    cancellationToken.ThrowIfCancellationRequested();
                    ShowResult(worn.Image);
                    remarks = string.Join("\n", worn.Warnings);
                    break;
                case TryOnKind.Makeup:
                    var request = new MakeupRequest { Image = Jpeg(photo) };
                    request.Layers.Add(choice.Layer());
                    MakeupResponse made = await Client().TryOn.MakeupAsync(request, null, cancellationToken);
                    cancellationToken.ThrowIfCancellationRequested();
                    ShowResult(made.Image);
                    break;
                case TryOnKind.Face when _face != null:
                    await _face.TryAsync(photo, product.Id, cancellationToken);
                    break;
                default:
                    Say(NotWorn());
                    return;
            }
            Say(remarks);
            if (choice.Kind != TryOnKind.Face)
            {
                Client().Record(EventKind.TryOn, product.Id);
            }
            _triedOn.Invoke(product.Id);
        }

        private async Task OpenAsync(string productId, CancellationToken token)
        {
            gameObject.SetActive(true);
            IsOpen = true;
            Say("…");
            if (_face != null)
            {
                _face.Clear();
            }
            _product = await Client().Catalog.GetProductAsync(new GetProductRequest { ProductId = productId }, null, token);
            token.ThrowIfCancellationRequested();
            TryOnKind kind = TryOnChoice.For(_product).Kind;
            if (kind == TryOnKind.None || (kind == TryOnKind.Face && _face == null))
            {
                Say(NotWorn());
                return;
            }
            _cameraNeeded.Invoke(true);
            await _camera.StartAsync(token);
            ShowLive();
            Say(kind == TryOnKind.Garment
                ? ShopperText.In(Language, "Step back until all of you is in the picture, then take the photo.", "请后退，让全身进入画面，然后拍照。")
                : ShopperText.In(Language, "Look into the camera, then take the photo.", "请正对镜头，然后拍照。"));
        }

        private async Task MeasureAsync(CancellationToken token)
        {
            if (_photo == null)
            {
                Say(ShopperText.In(Language, "Take a photo of all of you first.", "请先拍一张全身照。"));
            }
            else if (!ShopperText.TryHeight(_height != null ? _height.text : "", out double metres))
            {
                Say(ShopperText.In(Language, "Enter your height, such as 172 cm.", "请输入身高，例如 172 cm。"));
            }
            else
            {
                MeasureBodyResponse found = await Client().TryOn.MeasureBodyAsync(
                    new MeasureBodyRequest { Front = Jpeg(_photo), HeightM = metres }, null, token);
                Say(ShopperText.Measures(found.Measures, Language));
            }
        }

        private string NotWorn() => ShopperText.In(
            Language, "This product is not worn: put it into your room instead.", "这件商品不用于穿戴：请把它放到房间里查看。");

        /// <summary>The garment as a flat picture: the thumbnail of its asset.</summary>
        private async Task<Picture> GarmentAsync(Product product, CancellationToken token)
        {
            string path = "";
            if (product.AssetId.Length > 0)
            {
                path = (await Client().Assets.GetAssetAsync(new GetAssetRequest { AssetId = product.AssetId }, null, token)).ThumbnailPath;
            }
            if (path.Length == 0)
            {
                throw new ShowfloorException(
                    RpcStatus.NotFound, "PICTURE_MISSING", product.Id + " has no picture to try on.", "Convert photos of it on the server.");
            }
            byte[] data = await Client().Channel.GetFileAsync(path, cancellationToken: token);
            bool png = data.Length > 3 && data[0] == 0x89 && data[1] == 0x50;
            return new Picture { Data = data, MediaType = png ? "image/png" : "image/jpeg" };
        }

        private static Picture Jpeg(Texture2D photo) =>
            new Picture { Data = photo.EncodeToJPG(JpegQuality), MediaType = "image/jpeg" };

        private void ShowResult(Picture? image)
        {
            var texture = new Texture2D(2, 2);
            if (image is null || !texture.LoadImage(image.Data.ToArray(), true))
            {
                Destroy(texture);
                throw new ShowfloorException(
                    RpcStatus.DataLoss, "PICTURE_UNREADABLE", "The server sent no picture.", "Report it with the server's log.");
            }
            Forget(ref _result);
            _result = texture;
            ShowStill(texture);
        }

        private void ShowLive()
        {
            if (_picture != null)
            {
                _picture.gameObject.SetActive(true);
                _picture.texture = _camera.Preview!;
                Shape(_picture, _camera.Preview!);
                _picture.rectTransform.localEulerAngles = new Vector3(0f, 0f, -_camera.Clockwise);
                _picture.rectTransform.localScale = new Vector3(1f, _camera.Flipped ? -1f : 1f, 1f);
            }
        }

        private void ShowStill(Texture2D still)
        {
            if (_picture != null)
            {
                _picture.gameObject.SetActive(true);
                _picture.texture = still;
                Shape(_picture, still);
                _picture.rectTransform.localEulerAngles = Vector3.zero;
                _picture.rectTransform.localScale = Vector3.one;
            }
        }

        /// <summary>Where the picture has an AspectRatioFitter, it takes the shape of the photo.</summary>
        private static void Shape(RawImage picture, Texture texture)
        {
            if (texture.height > 0 && picture.TryGetComponent(out AspectRatioFitter fitter))
            {
                fitter.aspectRatio = texture.width / (float)texture.height;
            }
        }

        private ShowfloorClient Client() => _client != null
            ? _client
            : throw new ShowfloorException(
                RpcStatus.FailedPrecondition, "CLIENT_MISSING", "The panel '" + name + "' has no ShowfloorClient.", "Assign one to the component.");

        private async void Run(Func<CancellationToken, Task> work)
        {
            _work?.Cancel();
            var mine = new CancellationTokenSource();
            _work = mine;
            try
            {
                await work(mine.Token);
            }
            catch (OperationCanceledException)
            {
                // It was closed, or something else was asked for.
            }
            catch (ShowfloorException error)
            {
                Debug.LogWarning("Showfloor: " + error.Code + ": " + error.Message + " " + error.Fix);
                if (!mine.IsCancellationRequested)
                {
                    Say(error.Code.StartsWith("CAMERA_", StringComparison.Ordinal)
                        ? ShopperText.In(Language, error.Message + " " + error.Fix, "无法使用摄像头。请在系统设置中允许本应用使用摄像头。")
                        : ShopperText.Failure(error, Language));
                }
            }
        }

        private void Say(string text)
        {
            if (_message != null)
            {
                _message.text = text;
            }
        }

        private static void Forget(ref Texture2D? place)
        {
            if (place != null)
            {
                Destroy(place);
            }
            place = null;
        }

        private void OnDestroy()
        {
            _work?.Cancel();
            _camera.Dispose();
            Forget(ref _photo);
            Forget(ref _result);
        }
    }
}
