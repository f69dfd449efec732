// Runs the KTX2 transcoder, whose code the page hands over as the address of a blob of its own.
const code = location.search.slice(1);
if (code.startsWith(`blob:${location.origin}/`)) importScripts(code);
