// Numbers from base64: little-endian float32, one blob for a whole network.

// data: { numbers: base64, tensors: { name: { shape, at } } } → { name: { shape, values: Float32Array } }
export function unpack({ numbers, tensors }) {
  const text = atob(numbers);
  const bytes = new Uint8Array(text.length);
  for (let k = 0; k < bytes.length; k++) bytes[k] = text.charCodeAt(k);
  const view = new DataView(bytes.buffer);
  const all = new Float32Array(bytes.length / 4);
  for (let k = 0; k < all.length; k++) all[k] = view.getFloat32(4 * k, true);
  return Object.fromEntries(Object.entries(tensors).map(([name, { shape, at }]) => {
    const size = shape.reduce((product, side) => product * side, 1);
    if (at + size > all.length) throw new Error(`network: tensor ${name} reaches beyond the file's numbers`);
    return [name, { shape, values: all.subarray(at, at + size) }];
  }));
}

// A (rows, columns) times x, plus bias where there is one.
export function times({ shape: [rows, columns], values }, x, bias) {
  const y = new Float64Array(rows);
  for (let i = 0, at = 0; i < rows; i++) {
    let sum = bias ? bias.values[i] : 0;
    for (let j = 0; j < columns; j++) sum += values[at++] * x[j];
    y[i] = sum;
  }
  return y;
}

// Row `index` of A.
export function row({ shape: [, columns], values }, index) {
  return values.subarray(index * columns, (index + 1) * columns);
}
