#nullable enable
using System;
using System.Threading;
using System.Threading.Tasks;
using Showfloor.Xr;
using UnityEngine;

namespace Showfloor.Unity
{
    /// <summary>The camera of the device for single photos: the front one where there is one. Use it on the main thread, and
    /// let nobody else hold the camera meanwhile.</summary>
    public sealed class SelfieCamera : IDisposable
    {
        private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(8);
        private WebCamTexture? _camera;

        /// <summary>What the camera sees; null before it runs. It may have to be turned by <see cref="Clockwise"/>.</summary>
        public Texture? Preview => _camera;

        /// <summary>Turn that makes the preview upright, degrees clockwise.</summary>
        public int Clockwise => _camera != null ? _camera.videoRotationAngle : 0;

        /// <summary>Whether the rows of the preview come upside down.</summary>
        public bool Flipped => _camera != null && _camera.videoVerticallyMirrored;

        /// <summary>Starts the camera and waits for its first picture.</summary>
        /// <exception cref="ShowfloorException">CAMERA_MISSING, CAMERA_REFUSED.</exception>
        public async Task StartAsync(CancellationToken cancellationToken = default)
        {
            Stop();
            AsyncOperation asked = Application.RequestUserAuthorization(UserAuthorization.WebCam);
            while (!asked.isDone)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
            WebCamDevice[] devices = WebCamTexture.devices;
            if (devices.Length == 0)
            {
                throw new ShowfloorException(
                    RpcStatus.FailedPrecondition, "CAMERA_MISSING", "No camera was found.", "Allow this app to use the camera, in the settings of the device.");
            }
            string chosen = devices[0].name;
            foreach (WebCamDevice device in devices)
            {
                if (device.isFrontFacing)
                {
                    chosen = device.name;
                    break;
                }
            }
            var mine = new WebCamTexture(chosen, 1280, 720, 30);
            _camera = mine;
            mine.Play();
            DateTime end = DateTime.UtcNow + StartTime;
            while (ReferenceEquals(_camera, mine) && !mine.didUpdateThisFrame)
            {
                if (cancellationToken.IsCancellationRequested || DateTime.UtcNow > end)
                {
                    Stop();
                    cancellationToken.ThrowIfCancellationRequested();
                    throw new ShowfloorException(
                        RpcStatus.FailedPrecondition,
                        "CAMERA_REFUSED",
                        "The camera gave no picture within " + StartTime.TotalSeconds + " s.",
                        "Close other apps that use the camera, and allow this one to.");
                }
                await Task.Yield();
            }
            if (!ReferenceEquals(_camera, mine))
            {
                throw new OperationCanceledException("The camera was stopped, or started anew.");
            }
        }

        /// <summary>A photo, upright and at most 1280 pixels long. Whoever takes it destroys it.</summary>
        /// <exception cref="ShowfloorException">CAMERA_REFUSED: it does not run.</exception>
        public Texture2D Take()
        {
            if (_camera == null || !_camera.isPlaying)
            {
                throw new ShowfloorException(
                    RpcStatus.FailedPrecondition, "CAMERA_REFUSED", "The camera does not run.", "Open the try-on again.");
            }
            (int width, int height) = UprightPicture.Size(_camera.width, _camera.height, _camera.videoRotationAngle);
            Color32[] pixels = UprightPicture.Make(
                _camera.GetPixels32(), _camera.width, _camera.height, _camera.videoRotationAngle, _camera.videoVerticallyMirrored);
            var photo = new Texture2D(width, height, TextureFormat.RGB24, false);
            photo.SetPixels32(pixels);
            photo.Apply();
            return photo;
        }

        /// <summary>Frees the camera.</summary>
        public void Stop()
        {
            if (_camera != null)
            {
                _camera.Stop();
                UnityEngine.Object.Destroy(_camera);
            }
            _camera = null;
        }

        /// <inheritdoc/>
        public void Dispose() => Stop();
    }
}
