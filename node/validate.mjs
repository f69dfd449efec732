// Runs the Khronos glTF validator. usage: node validate.mjs FILE...   prints one JSON array, a report per file
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const validator = createRequire(import.meta.url)('gltf-validator');
const reports = [];
for (const path of process.argv.slice(2)) {
	const { issues, info } = await validator.validateBytes(new Uint8Array(readFileSync(path)), {
		format: 'glb', maxIssues: 1000, writeTimestamp: false,
	});
	reports.push({
		errors: issues.numErrors,
		warnings: issues.numWarnings,
		truncated: issues.truncated,
		messages: issues.messages.map((m) => ({ code: m.code, severity: m.severity, pointer: m.pointer, message: m.message })),
		triangles: info?.totalTriangleCount ?? 0,
		materials: info?.materialCount ?? 0,
	});
}
console.log(JSON.stringify(reports));
