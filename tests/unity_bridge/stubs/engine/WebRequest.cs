using System;
using System.Collections.Generic;

namespace UnityEngine.Networking
{
    [StubOf("Unity 2022.3")] public class CertificateHandler : IDisposable { public void Dispose() { } protected virtual bool ValidateCertificate(byte[] certificateData) => false; public bool Ask(byte[] certificate) => ValidateCertificate(certificate); }
    [StubOf("Unity 2022.3")] public class UploadHandler : IDisposable { public string contentType { get; set; } public byte[] data => Data; public byte[] Data; public void Dispose() { } }
    [StubOf("Unity 2022.3")] public sealed class UploadHandlerRaw : UploadHandler { public UploadHandlerRaw(byte[] data) => Data = data; }

    [StubOf("Unity 2022.3")]
    public class DownloadHandler : IDisposable
    {
        public byte[] data => GetData();
        public string text => GetText();
        public bool Disposed { get; private set; }
        public virtual void Dispose() => Disposed = true;
        protected virtual byte[] GetData() => null;
        protected virtual string GetText() => null;
        protected virtual bool ReceiveData(byte[] data, int dataLength) => true;
        protected virtual void ReceiveContentLengthHeader(ulong contentLength) { }
        protected virtual void CompleteContent() { }
        protected virtual float GetProgress() => 0;
        public bool Feed(byte[] buffer, int length) => ReceiveData(buffer, length);
        public void Finish() => CompleteContent();
    }

    [StubOf("Unity 2022.3")]
    public class DownloadHandlerScript : DownloadHandler
    {
        public DownloadHandlerScript() { }
        public DownloadHandlerScript(byte[] preallocatedBuffer) => Preallocated = preallocatedBuffer;
        public byte[] Preallocated { get; }
    }

    [StubOf("Unity 2022.3")] public sealed class DownloadHandlerBuffer : DownloadHandler { }

    [StubOf("Unity 2022.3")]
    public class UnityWebRequestAsyncOperation : AsyncOperation { public UnityWebRequest webRequest { get; set; } }

    /// <summary>Behaves: tests play the server through <see cref="Sent"/>, <see cref="Respond"/> and <see cref="End"/>.</summary>
    [StubOf("Unity 2022.3")]
    public class UnityWebRequest : IDisposable
    {
        [StubOf("Unity 2022.3")] public enum Result { InProgress, Success, ConnectionError, ProtocolError, DataProcessingError }

        public const string kHttpVerbGET = "GET", kHttpVerbPOST = "POST";
        public static Action<UnityWebRequest> Sent;
        private Dictionary<string, string> _responseHeaders;
        private UnityWebRequestAsyncOperation _operation;
        public readonly Dictionary<string, string> RequestHeaders = new Dictionary<string, string>();

        public UnityWebRequest() { }
        public UnityWebRequest(string url, string method) { this.url = url; this.method = method; }
        public UnityWebRequest(string url, string method, DownloadHandler downloadHandler, UploadHandler uploadHandler) : this(url, method) { this.downloadHandler = downloadHandler; this.uploadHandler = uploadHandler; }
        public string url { get; set; }
        public string method { get; set; }
        public DownloadHandler downloadHandler { get; set; }
        public UploadHandler uploadHandler { get; set; }
        public CertificateHandler certificateHandler { get; set; }
        public bool disposeDownloadHandlerOnDispose { get; set; } = true;
        public bool disposeUploadHandlerOnDispose { get; set; } = true;
        public bool disposeCertificateHandlerOnDispose { get; set; } = true;
        public int timeout { get; set; }
        public int redirectLimit { get; set; } = 32;
        public bool useHttpContinue { get; set; } = true;
        public long responseCode { get; private set; }
        public string error { get; private set; }
        public bool isDone { get; private set; }
        public Result result { get; private set; }
        public ulong downloadedBytes => 0;
        public float uploadProgress => 0;
        public bool Aborted { get; private set; }
        public bool Disposed { get; private set; }
        public static UnityWebRequest Get(string uri) => new UnityWebRequest(uri, kHttpVerbGET);
        public void SetRequestHeader(string name, string value) => RequestHeaders[name] = value;
        public string GetResponseHeader(string name) { string value = null; _responseHeaders?.TryGetValue(name, out value); return value; }
        public Dictionary<string, string> GetResponseHeaders() => _responseHeaders;
        public UnityWebRequestAsyncOperation SendWebRequest()
        {
            _operation = new UnityWebRequestAsyncOperation { webRequest = this };
            Sent?.Invoke(this);
            return _operation;
        }
        public void Abort()
        {
            if (!isDone)
            {
                Aborted = true;
                End(Result.ConnectionError, "Request aborted");
            }
        }
        public virtual void Dispose()
        {
            Disposed = true;
            if (disposeDownloadHandlerOnDispose)
            {
                downloadHandler?.Dispose();
            }
        }
        public void Respond(long code, Dictionary<string, string> headers) { responseCode = code; _responseHeaders = headers; }
        public void End(Result how, string message = null)
        {
            result = how;
            error = message;
            isDone = true;
            if (how == Result.Success)
            {
                downloadHandler?.Finish();
            }
            _operation.Complete();
        }
    }
}
