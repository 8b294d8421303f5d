/** Reads an ONNX file: protocol buffers, as far as graphs need them (onnx.proto names the fields). */
import type { DType, Tensor } from '../protocol.ts';
import { UnsupportedError } from './errors.ts';
import { makeData } from './numbers.ts';

export type Attribute = number | string | readonly number[] | readonly string[] | Tensor;

export interface Node {
  /** The operator; one of another domain than ONNX's own is written `domain::type`. */
  type: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, Attribute>>;
}

/** An input or output of the graph; a name stands for a size that each call chooses. */
export interface Port {
  name: string;
  dtype: DType;
  dims: readonly (number | string)[];
}

export interface Model {
  opset: number;
  nodes: readonly Node[];
  constants: ReadonlyMap<string, Tensor>;
  inputs: readonly Port[];
  outputs: readonly Port[];
}

/** TensorProto.DataType -> our name; strings, complex numbers and the rest have none. */
export const ELEMENT_TYPES: Readonly<Record<number, DType>> = { 1: 'float32', 2: 'uint8', 3: 'int8', 6: 'int32', 7: 'int64', 9: 'bool', 10: 'float16', 11: 'float64' };

interface Field {
  number: number;
  /** Of a varint; 0 for the others. */
  integer: number;
  bytes: Uint8Array;
}

const NOTHING = new Uint8Array();
const BROKEN = 'this is not a whole ONNX file';
const decoder = new TextDecoder();

function readVarint(bytes: Uint8Array, start: number): [number, number] {
  let value = 0n;
  for (let at = start; at < bytes.length && at < start + 10; at++) {
    value |= BigInt(bytes[at]! & 127) << BigInt(7 * (at - start));
    if (bytes[at]! < 128) return [Number(BigInt.asIntN(64, value)), at + 1];
  }
  throw new Error(BROKEN);
}

function* fields(bytes: Uint8Array): Generator<Field> {
  for (let at = 0, tag: number; at < bytes.length; ) {
    [tag, at] = readVarint(bytes, at);
    const field: Field = { number: tag >> 3, integer: 0, bytes: NOTHING };
    if ((tag & 7) === 0) [field.integer, at] = readVarint(bytes, at);
    else {
      let length = { 1: 8, 5: 4 }[tag & 7];
      if ((tag & 7) === 2) [length, at] = readVarint(bytes, at);
      if (length === undefined || length < 0 || at + length > bytes.length) throw new Error(BROKEN);
      field.bytes = bytes.subarray(at, (at += length));
    }
    yield field;
  }
}

/** The integers of a repeated field, packed or one by one. */
function integers({ integer, bytes }: Field): number[] {
  if (bytes.length === 0) return [integer];
  const list = [];
  for (let at = 0, value: number; at < bytes.length; list.push(value)) [value, at] = readVarint(bytes, at);
  return list;
}

const floats = ({ bytes }: Field): number[] => [...new Float32Array(bytes.slice().buffer)];
const text = ({ bytes }: Field): string => decoder.decode(bytes);

function elementType(code: number, what: string): DType {
  const dtype = ELEMENT_TYPES[code];
  if (!dtype) throw new UnsupportedError(`${what} has the element type ${code} of ONNX`);
  return dtype;
}

function readTensor(bytes: Uint8Array): Tensor & { name: string } {
  const dims: number[] = [];
  const values: number[] = [];
  let raw: Uint8Array | undefined;
  let name = '';
  let code = 0;
  let external = false;
  for (const field of fields(bytes)) {
    if (field.number === 1) dims.push(...integers(field));
    else if (field.number === 2) code = field.integer;
    else if (field.number === 4) values.push(...floats(field));
    else if (field.number === 5 || field.number === 7) values.push(...integers(field));
    else if (field.number === 8) name = text(field);
    else if (field.number === 9) raw = field.bytes;
    else if (field.number === 10) values.push(...new Float64Array(field.bytes.slice().buffer));
    else if (field.number === 14) external = field.integer === 1;
  }
  const what = name ? `the constant ${name}` : 'a constant';
  if (external) throw new UnsupportedError(`${what} lies in another file`);
  const dtype = elementType(code, what);
  const data = raw ? makeData(dtype, raw.slice().buffer) : makeData(dtype, values);
  if (data.length !== dims.reduce((a, b) => a * b, 1)) throw new Error(BROKEN);
  return { name, dtype, data, dims } as Tensor & { name: string };
}

function readAttribute(bytes: Uint8Array): [string, Attribute | undefined] {
  let name = '';
  let kind = 0;
  let one: Attribute | undefined;
  const numbers: number[] = [];
  const texts: string[] = [];
  for (const field of fields(bytes)) {
    if (field.number === 1) name = text(field);
    else if (field.number === 2) one = floats(field)[0]!;
    else if (field.number === 3) one = field.integer;
    else if (field.number === 4) one = text(field);
    else if (field.number === 5) one = readTensor(field.bytes);
    else if (field.number === 7) numbers.push(...floats(field));
    else if (field.number === 8) numbers.push(...integers(field));
    else if (field.number === 9) texts.push(text(field));
    else if (field.number === 20) kind = field.integer;
  }
  // what is zero or empty need not be written: the kind alone tells
  return [name, one ?? { 1: 0, 2: 0, 3: '', 6: numbers, 7: numbers, 8: texts }[kind]];
}

function readNode(bytes: Uint8Array): Node {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Record<string, Attribute> = {};
  let type = '';
  let domain = '';
  for (const field of fields(bytes)) {
    if (field.number === 1) inputs.push(text(field));
    else if (field.number === 2) outputs.push(text(field));
    else if (field.number === 4) type = text(field);
    else if (field.number === 7) domain = text(field);
    else if (field.number === 5) {
      const [name, value] = readAttribute(field.bytes);
      if (value === undefined) throw new UnsupportedError(`${type || 'a node'}: the attribute ${name} is of a kind that is not known here`);
      attributes[name] = value;
    }
  }
  return { type: domain && domain !== 'ai.onnx' ? `${domain}::${type}` : type, inputs, outputs, attributes };
}

/** ValueInfoProto -> TypeProto -> TypeProto.Tensor -> TensorShapeProto -> Dimension. */
function readPort(bytes: Uint8Array): Port {
  let name = '';
  let code = 0;
  const dims: (number | string)[] = [];
  for (const info of fields(bytes)) {
    if (info.number === 1) name = text(info);
    if (info.number !== 2) continue;
    for (const type of fields(info.bytes)) {
      if (type.number !== 1) throw new UnsupportedError(`${name} is no tensor`);
      for (const part of fields(type.bytes)) {
        if (part.number === 1) code = part.integer;
        if (part.number !== 2) continue;
        for (const dim of fields(part.bytes)) {
          const [size] = [...fields(dim.bytes)];
          dims.push(size?.number === 1 ? size.integer : size?.number === 2 ? text(size) : `${name}.${dims.length}`);
        }
      }
    }
  }
  return { name, dtype: elementType(code, name), dims };
}

/** The tensor that a Constant node holds. */
function constantOf({ attributes, outputs }: Node): Tensor {
  const { value, value_int, value_ints, value_float, value_floats } = attributes;
  if (typeof value === 'object' && 'dtype' in value) return value;
  const given = value_int ?? value_ints ?? value_float ?? value_floats;
  if (given === undefined || typeof given === 'string') throw new UnsupportedError(`Constant: ${outputs[0]} is no tensor of numbers`);
  const list = (typeof given === 'number' ? [given] : given) as number[];
  const dtype = value_int !== undefined || value_ints !== undefined ? 'int64' : 'float32';
  return { dtype, data: makeData(dtype, list), dims: typeof given === 'number' ? [] : [list.length] } as Tensor;
}

/**
 * The graph of an ONNX file.
 *
 * @throws UnsupportedError for what files may hold and this runtime cannot take; Error for what is no ONNX file.
 */
export function readModel(bytes: Uint8Array): Model {
  const nodes: Node[] = [];
  const constants = new Map<string, Tensor>();
  let inputs: Port[] = [];
  const outputs: Port[] = [];
  let opset = 0;
  for (const part of fields(bytes)) {
    if (part.number === 8) {
      const entry = [...fields(part.bytes)];
      const domain = entry.filter(({ number }) => number === 1).map(text)[0] ?? '';
      if (domain === '' || domain === 'ai.onnx') opset = entry.find(({ number }) => number === 2)?.integer ?? 0;
    }
    if (part.number === 25) throw new UnsupportedError('the file defines functions of its own');
    if (part.number !== 7) continue;
    for (const field of fields(part.bytes)) {
      if (field.number === 1) {
        const node = readNode(field.bytes);
        if (node.type === 'Constant') constants.set(node.outputs[0]!, constantOf(node));
        else nodes.push(node);
      } else if (field.number === 5) {
        const tensor = readTensor(field.bytes);
        constants.set(tensor.name, tensor);
      } else if (field.number === 11) inputs.push(readPort(field.bytes));
      else if (field.number === 12) outputs.push(readPort(field.bytes));
      else if (field.number === 15) throw new UnsupportedError('the file holds sparse constants');
    }
  }
  if (outputs.length === 0) throw new Error(BROKEN);
  inputs = inputs.filter(({ name }) => !constants.has(name)); // old files list their constants as inputs too
  return { opset, nodes, constants, inputs, outputs };
}
