// Simplifies a UV-mapped mesh to several triangle counts with meshoptimizer.
// usage: node simplify.mjs FOLDER   reads job.json, positions.f32, attributes.f32, indices.u32; writes lodN.* and result.json
import { readFileSync, writeFileSync } from 'node:fs';
import { MeshoptSimplifier } from 'meshoptimizer';

const MAX_SEAM_AWARE_ERROR = 0.01; // of the mesh's extent; above it, try to collapse across texture seams
const folder = process.argv[2];
const file = (name) => `${folder}/${name}`;
const read = (name, Type) => {
	const bytes = readFileSync(file(name));
	return new Type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};
const write = (name, array) => writeFileSync(file(name), new Uint8Array(array.buffer, array.byteOffset, array.byteLength));

await MeshoptSimplifier.ready;
const job = JSON.parse(readFileSync(file('job.json'), 'utf8'));
const source = {
	positions: read('positions.f32', Float32Array),
	attributes: read('attributes.f32', Float32Array),
	indices: read('indices.u32', Uint32Array),
};
const width = job.weights.length;
const scale = MeshoptSimplifier.getScale(source.positions, 3);

function attempt(target, flags) {
	const positions = source.positions.slice();
	const attributes = source.attributes.slice();
	const indices = source.indices.slice();
	const [count, error] = MeshoptSimplifier.simplifyWithUpdate(
		indices, positions, 3, attributes, width, job.weights, null, target * 3, 1, flags);
	return { positions, attributes, indices: indices.slice(0, count), error };
}

const results = job.targets.map((target, i) => {
	let method = 'seam-aware';
	let lod = attempt(target, ['Prune']);
	if (lod.indices.length > target * 3 || lod.error > MAX_SEAM_AWARE_ERROR) {
		const freer = attempt(target, ['Prune', 'Permissive']);
		if (freer.indices.length <= target * 3 && (freer.error < lod.error || lod.indices.length > target * 3)) {
			method = 'permissive';
			lod = freer;
		}
	}
	if (lod.indices.length > target * 3) {
		method = 'sloppy';
		const [indices, error] = MeshoptSimplifier.simplifySloppy(source.indices, source.positions, 3, null, target * 3, 1);
		lod = { ...source, indices, error };
	}
	write(`lod${i}.positions.f32`, lod.positions);
	write(`lod${i}.attributes.f32`, lod.attributes);
	write(`lod${i}.indices.u32`, lod.indices);
	return { method, error: lod.error * scale };
});
writeFileSync(file('result.json'), JSON.stringify(results));
