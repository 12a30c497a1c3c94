import type { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  COLUMN_LIMITS,
  type ColumnLimits,
  type ColumnPlan,
  columnsModel,
  pickedBy,
  planColumns,
} from './device-graph.js';
import { type Device, type DeviceOrt, openDeviceSession } from './device-session.js';
import type { Framed } from './frame.js';

/** Limits of what is on a device; tests have smaller ones. */
export interface DeviceLimits extends ColumnLimits {
  /** Most bytes of the columns of one session: a model is one message, which ends at 2 GiB. */
  sessionBytes: number;
  /** Bytes of scores that may exist at a time. */
  scoreBytes: number;
}

export const DEVICE_LIMITS: DeviceLimits = { ...COLUMN_LIMITS, sessionBytes: 2 ** 30, scoreBytes: 2 ** 30 };

/** What a device found among the columns of one session. */
export interface Found {
  /** Keys of each query row, ascending. */
  keys: Float32Array;
  /** Their columns, as float32 numbers relative to `column0`. */
  places: Float32Array;
  /** How many there are of each query row. */
  kept: number;
  column0: number;
  /** Whether the session has more columns than these. */
  isCut: boolean;
}

/** What a search for edges to other components needs to know of all columns. */
export interface EdgeInput {
  components: Int32Array;
  /** Of every column the scaled square of α times its core distance. */
  cores: Float32Array;
}

/** A part of the columns, on the device. */
interface Session {
  session: InferenceSession;
  plan: ColumnPlan;
  column0: number;
  count: number;
}

/** All columns of a search on a device, in as many sessions as it takes. */
export class DeviceColumns {
  private readonly inputs: Record<string, Tensor>;

  private constructor(
    private readonly ort: DeviceOrt,
    private readonly sessions: Session[],
    private readonly cols: number,
    private readonly limits: DeviceLimits,
  ) {
    const { Tensor } = ort;
    // What a search by distance alone has instead of the inputs of one for edges.
    this.inputs = {
      foreign: new Tensor('bool', Uint8Array.of(0), [1]),
      own: new Tensor('float32', Float32Array.of(0), [1, 1]),
      component: new Tensor('int32', Int32Array.of(0), [1, 1]),
      components: new Tensor('int32', Int32Array.of(0), [1, 1]),
      cores: new Tensor('float32', Float32Array.of(0), [1, 1]),
    };
  }

  /** Sends the columns to the device. */
  static async open(
    ort: DeviceOrt,
    device: Device,
    { moved, norms }: Framed,
    cols: number,
    limits: DeviceLimits,
    threads?: number,
  ): Promise<DeviceColumns> {
    const rows = moved.length / cols;
    const most = Math.min(MOST_PLACES, Math.max(1, Math.floor(limits.sessionBytes / (cols * 4))));
    const size = Math.max(1, Math.ceil(rows / Math.ceil(Math.max(1, rows) / most)));
    const sessions: Session[] = [];
    try {
      for (let column0 = 0; column0 < rows; column0 += size) {
        const count = Math.min(size, rows - column0);
        const plan = planColumns(count, limits);
        const part = moved.subarray(column0 * cols, (column0 + count) * cols);
        const pieces = columnsModel(part, norms.subarray(column0, column0 + count), cols, plan);
        const session = await openDeviceSession(ort, Buffer.concat(pieces), device, threads);
        sessions.push({ session, plan, column0, count });
      }
    } catch (error) {
      for (const { session } of sessions) void session.release();
      throw error;
    }
    return new DeviceColumns(ort, sessions, cols, limits);
  }

  /** The most query rows of a run: their scores with a group of columns must fit into `scoreBytes`. */
  get mostRows(): number {
    const widest = Math.max(...this.sessions.map(({ plan }) => plan.width * plan.parts), 1);
    return Math.max(1, Math.floor(this.limits.scoreBytes / (widest * 4)));
  }

  /** The lowest `norm − 2 · query · column` of each query row, `kept` of them or all. */
  nearest(queries: Float32Array, kept: number, onFound: (found: Found) => Promise<void>): Promise<void> {
    return this.run(queries, kept, () => this.inputs, onFound);
  }

  /**
   * The lowest keys among columns of other components, `kept` of them or all. `own` and `component` are of the query rows;
   * `input` is made by `edgeInput`.
   */
  edges(
    queries: Float32Array,
    own: Float32Array,
    component: Int32Array,
    input: Record<string, Tensor>[],
    kept: number,
    onFound: (found: Found) => Promise<void>,
  ): Promise<void> {
    const { Tensor } = this.ort;
    const dims = [own.length, 1];
    const rows = { own: new Tensor('float32', own, dims), component: new Tensor('int32', component, dims) };
    return this.run(queries, kept, (at) => ({ ...input[at], ...rows }), onFound);
  }

  /** What `edges` needs of the columns of each session. */
  edgeInput({ components, cores }: EdgeInput): Record<string, Tensor>[] {
    const { Tensor } = this.ort;
    return this.sessions.map(({ plan: { width, parts, groups }, column0, count }) => {
      const dims = [parts * groups, width];
      const component = new Int32Array(dims[0] * width);
      component.set(components.subarray(column0, column0 + count));
      const core = new Float32Array(dims[0] * width);
      core.set(cores.subarray(column0, column0 + count));
      return {
        foreign: new Tensor('bool', Uint8Array.of(1), [1]),
        components: new Tensor('int32', component, dims),
        cores: new Tensor('float32', core, dims),
      };
    });
  }

  close(): void {
    for (const { session } of this.sessions) void session.release();
    this.sessions.length = 0;
  }

  private async run(
    queries: Float32Array,
    kept: number,
    inputsOf: (session: number) => Record<string, Tensor>,
    onFound: (found: Found) => Promise<void>,
  ): Promise<void> {
    const { Tensor } = this.ort;
    const rows = new Tensor('float32', queries, [queries.length / this.cols, this.cols]);
    const number = (value: number) => new Tensor('int64', BigInt64Array.of(BigInt(value)), [1]);
    for (const [at, { session, plan, column0, count }] of this.sessions.entries()) {
      const picked = pickedBy(plan, kept);
      const counts = {
        blocks: number(picked.blocks),
        group: number(picked.group),
        all: number(picked.all),
      };
      const found = await session.run({ queries: rows, ...counts, ...inputsOf(at) });
      const [keys, places] = [found.keys.data as Float32Array, found.places.data as Float32Array];
      await onFound({ keys, places, kept: picked.all, column0, isCut: picked.all < count });
    }
  }
}

/** Places are float32, in which whole numbers are exact up to here. */
const MOST_PLACES = 2 ** 24;
