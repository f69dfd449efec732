#nullable enable
using System;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Unity;
using Showfloor.Xr;
using UnityEngine;
using UnityEngine.Events;
using Vuforia;

namespace Showfloor.AR
{
    /// <summary>A Vuforia image target that is made at run time from a picture of a product's packaging, so that no target
    /// database has to be built. Its pose and quality come as events.</summary>
    [AddComponentMenu("Showfloor/AR/Packaging Target")]
    [DisallowMultipleComponent]
    public sealed class PackagingTarget : MonoBehaviour
    {
        private const int SmallestPixels = 320;

        [SerializeField, Tooltip("The printed side as a flat picture, readable, at least 320 pixels on its shorter side. Optional: LoadAsync fetches one.")]
        private Texture2D? _picture;

        [SerializeField, Min(0f), Tooltip("True width of the printed side, metres. Wrong width, wrong size of everything.")]
        private float _widthMetres = 0.1f;

        [SerializeField, Tooltip("Whether the product stays where it was when the packaging leaves the view.")]
        private bool _extendedTracking = true;

        [SerializeField, Tooltip("The packaging can be used: its pose is good.")]
        private UnityEvent _found = new UnityEvent();

        [SerializeField, Tooltip("The packaging was lost.")]
        private UnityEvent _lost = new UnityEvent();

        [SerializeField, Tooltip("What the shopper can do for better tracking; empty: nothing.")]
        private UnityEvent<string> _hinted = new UnityEvent<string>();

        private CancellationTokenSource? _work;
        private Texture2D? _fetched;

        /// <summary>Quality or pose has changed.</summary>
        public event Action<TrackingQuality>? QualityChanged;

        /// <summary>The target; null before it is made.</summary>
        public ImageTargetBehaviour? Target { get; private set; }

        /// <summary>Whether a picture is assigned, or a target was made already.</summary>
        public bool HasPicture => _picture != null || Target != null;

        /// <summary>How well it is tracked.</summary>
        public TrackingQuality Quality { get; private set; }

        /// <summary>Whether the product may be shown.</summary>
        public bool IsUsable =>
            Quality == TrackingQuality.Tracked || (_extendedTracking && Quality == TrackingQuality.Extended);

        /// <summary>Language of hints, BCP 47.</summary>
        public string Language { get; set; } = "en";

        /// <summary>What the shopper can do for better tracking, as it was hinted last.</summary>
        public string LastHint { get; private set; } = "";

        /// <summary>True width of the printed side, metres.</summary>
        public float WidthMetres
        {
            get => _widthMetres;
            set => _widthMetres = value;
        }

        /// <summary>True height of the printed side, metres; 0 before the target is made.</summary>
        public float HeightMetres => Target == null ? 0f : Target.GetSize().y;

        /// <summary>The packaging can be used.</summary>
        public UnityEvent Found => _found;

        /// <summary>The packaging was lost.</summary>
        public UnityEvent Lost => _lost;

        /// <summary>What the shopper can do for better tracking.</summary>
        public UnityEvent<string> Hinted => _hinted;

        /// <summary>Fetches the picture of the packaging from the server and makes the target.</summary>
        /// <param name="client">The connection.</param>
        /// <param name="path">Path of the picture on the web port: "/files/…".</param>
        /// <param name="widthMetres">True width of the printed side, metres.</param>
        /// <param name="cancellationToken">Ends it.</param>
        /// <exception cref="ShowfloorException">The picture cannot be used, or Vuforia does not run.</exception>
        public async Task LoadAsync(
            ShowfloorClient client, string path, float widthMetres, CancellationToken cancellationToken = default)
        {
            byte[] data = await client.Channel.GetFileAsync(path, cancellationToken: cancellationToken);
            var picture = new Texture2D(2, 2, TextureFormat.RGB24, false);
            if (!picture.LoadImage(data, false))
            {
                Destroy(picture);
                throw Unusable("it is neither PNG nor JPEG");
            }
            _widthMetres = widthMetres;
            try
            {
                await MakeAsync(picture, cancellationToken);
            }
            catch
            {
                Destroy(picture);
                throw;
            }
            if (_fetched != null)
            {
                Destroy(_fetched);
            }
            _fetched = picture;
        }

        /// <summary>Makes the target from a picture.</summary>
        /// <exception cref="ShowfloorException">The picture cannot be used, or Vuforia does not run.</exception>
        public async Task MakeAsync(Texture2D picture, CancellationToken cancellationToken = default)
        {
            if (!picture.isReadable)
            {
                throw Unusable("it is not readable (Read/Write in its import settings)");
            }
            if (Mathf.Min(picture.width, picture.height) < SmallestPixels)
            {
                throw Unusable(picture.width + " × " + picture.height + " pixels are too few; " + SmallestPixels + " on the shorter side are needed");
            }
            if (!(_widthMetres > 0f) || _widthMetres > 10f)
            {
                throw Unusable("a width of " + _widthMetres + " m is implausible");
            }
            _work?.Cancel();
            var work = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _work = work;
            await VuforiaSession.StartedAsync(work.Token);
            work.Token.ThrowIfCancellationRequested();
            if (this == null)
            {
                throw new OperationCanceledException("The packaging was destroyed.");
            }
            Remove();
            if (VuforiaBehaviour.Instance == null)
            {
                throw new ShowfloorException(
                    RpcStatus.FailedPrecondition, "VUFORIA_FAILED", "No camera of the scene has VuforiaBehaviour.", "Add it to the main camera.");
            }
            Texture2D plain = Plain(picture);
            ImageTargetBehaviour target =
                VuforiaBehaviour.Instance.ObserverFactory.CreateImageTarget(plain, _widthMetres, name);
            if (plain != picture)
            {
                Destroy(plain);
            }
            if (target == null)
            {
                throw Unusable("Vuforia finds too little in it to track; take a side with more detail and contrast");
            }
            Target = target;
            target.OnTargetStatusChanged += OnStatus;
            target.OnBehaviourDestroyed += OnTargetDestroyed;
        }

        /// <summary>Vuforia reads pictures that are not compressed.</summary>
        private static Texture2D Plain(Texture2D picture)
        {
            if (picture.format == TextureFormat.RGB24 || picture.format == TextureFormat.RGBA32)
            {
                return picture;
            }
            var plain = new Texture2D(picture.width, picture.height, TextureFormat.RGB24, false);
            plain.SetPixels32(picture.GetPixels32());
            plain.Apply();
            return plain;
        }

        private async void Start()
        {
            if (_picture == null)
            {
                return;
            }
            try
            {
                await MakeAsync(_picture);
            }
            catch (OperationCanceledException)
            {
                // The object is gone.
            }
            catch (ShowfloorException error)
            {
                Debug.LogError("Showfloor: " + error.Code + ": " + error.Message + " " + error.Fix, this);
                _hinted.Invoke(ShopperText.In(
                    Language, "AR could not be started. Allow the camera, then open the app again.", "无法启动 AR。请允许使用摄像头，然后重新打开应用。"));
            }
        }

        private void OnStatus(ObserverBehaviour observer, TargetStatus status)
        {
            bool was = IsUsable;
            Quality = TrackingText.Quality(status);
            LastHint = TrackingText.Hint(status, Language);
            _hinted.Invoke(LastHint);
            QualityChanged?.Invoke(Quality);
            if (IsUsable && !was)
            {
                _found.Invoke();
            }
            else if (!IsUsable && was)
            {
                _lost.Invoke();
            }
        }

        private void OnTargetDestroyed(ObserverBehaviour observer)
        {
            observer.OnTargetStatusChanged -= OnStatus;
            observer.OnBehaviourDestroyed -= OnTargetDestroyed;
            bool was = IsUsable;
            Target = null;
            Quality = TrackingQuality.None;
            if (was)
            {
                QualityChanged?.Invoke(Quality);
                _lost.Invoke();
            }
        }

        private void Remove()
        {
            if (Target != null)
            {
                ImageTargetBehaviour old = Target;
                OnTargetDestroyed(old);
                Destroy(old.gameObject);
            }
        }

        private void OnDestroy()
        {
            _work?.Cancel();
            Remove();
            if (_fetched != null)
            {
                Destroy(_fetched);
            }
        }

        private static ShowfloorException Unusable(string why) => new ShowfloorException(
            RpcStatus.InvalidArgument,
            "TARGET_UNUSABLE",
            "The picture of the packaging cannot be a target: " + why + ".",
            "Use a flat, sharp picture of the whole printed side, and measure its width.");
    }
}
