// Browsers refuse workers to pages opened from disk, and Material's search needs one. On such pages a
// worker is a hidden frame that runs the same script; Material asks for it by the name IFrameWorker.
// A worker made from a Blob is allowed and stays what it is: the models run in one.
if (location.protocol === 'file:') {
  const NativeWorker = window.Worker;

  const load = (frame, url) =>
    new Promise((resolve, reject) => {
      const script = frame.contentDocument.createElement('script');
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${url} could not be loaded`));
      script.src = url;
      frame.contentDocument.head.append(script);
    });

  window.IFrameWorker = window.Worker = class extends EventTarget {
    constructor(url, options) {
      if (String(url).startsWith('blob:')) return new NativeWorker(url, options);
      super();
      this.onmessage = this.onerror = null;
      this.addEventListener('message', (event) => this.onmessage?.(event));
      this.frame = document.createElement('iframe');
      this.frame.hidden = true;
      document.body.append(this.frame);
      const scope = this.frame.contentWindow;
      scope.postMessage = (data) => setTimeout(() => this.dispatchEvent(new MessageEvent('message', { data })));
      // Material awaits what importScripts returns, so that it may take its time
      scope.importScripts = async (...urls) => {
        for (const each of urls) await load(this.frame, each);
      };
      this.ready = load(this.frame, new URL(url, location.href)).catch((error) => this.onerror?.(error));
    }

    postMessage(data) {
      this.ready.then(() => this.frame.contentWindow.dispatchEvent(new MessageEvent('message', { data })));
    }

    terminate() {
      this.frame.remove();
    }
  };
}
