import { markPainted, type PointLayer, type PointRenderer } from './renderer.js';
import type { View } from './view.js';

// One point primitive per text. deck.gl's ScatterplotLayer draws an instanced quad per text, which a software
// renderer does one by one: 200,000 took 17 s in the Chromium of the tests, against 0.3 s this way (and 230 KB
// of script, gzipped, for a page that needs one layer).
const VERTEX = `#version 300 es
in vec2 place;
in vec4 tint;
uniform vec4 view; // middle x and y, then clip units per map unit
uniform float size; // pixels across, with a pixel's rim
out vec4 color;
void main() {
  vec2 off = place - view.xy;
  gl_Position = vec4(off.x * view.z, -off.y * view.w, 0.0, 1.0);
  gl_PointSize = size;
  color = tint;
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 color;
uniform highp float size;
out vec4 pixel;
void main() {
  float rim = size * 0.5 - length(gl_PointCoord - 0.5) * size;
  float alpha = color.a * clamp(rim, 0.0, 1.0);
  if (alpha == 0.0) discard;
  pixel = vec4(color.rgb * alpha, alpha);
}`;

interface Uploaded {
  vertices: WebGLVertexArrayObject;
  buffers: WebGLBuffer[];
  count: number;
  grow: number;
}

function program(gl: WebGL2RenderingContext): WebGLProgram {
  const linked = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) throw new Error('no shader');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(linked, shader);
  }
  gl.bindAttribLocation(linked, 0, 'place');
  gl.bindAttribLocation(linked, 1, 'tint');
  gl.linkProgram(linked);
  if (!gl.getProgramParameter(linked, gl.LINK_STATUS))
    throw new Error(gl.getProgramInfoLog(linked) ?? 'no program');
  return linked;
}

/**
 * Points on WebGL 2; null where the browser has none. `onLost` is called when the context is lost and the
 * caller must go on with another renderer.
 */
export function webglPoints(canvas: HTMLCanvasElement, onLost: () => void): PointRenderer | null {
  const gl = canvas.getContext('webgl2', { antialias: false, alpha: true, depth: false, stencil: false });
  if (!gl) return null;
  const shaders = program(gl);
  const viewAt = gl.getUniformLocation(shaders, 'view');
  const sizeAt = gl.getUniformLocation(shaders, 'size');
  let uploaded: Uploaded[] = [];
  let painted = false;
  canvas.addEventListener('webglcontextlost', onLost, { once: true });

  const attribute = (
    index: number,
    data: Float32Array | Uint8Array,
    size: number,
    type: number,
  ): WebGLBuffer => {
    const buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(index);
    gl.vertexAttribPointer(index, size, type, type === gl.UNSIGNED_BYTE, 0, 0);
    return buffer;
  };
  const upload = ({ positions, colors, count, grow }: PointLayer): Uploaded => {
    const vertices = gl.createVertexArray();
    gl.bindVertexArray(vertices);
    const buffers = [attribute(0, positions, 2, gl.FLOAT), attribute(1, colors, 4, gl.UNSIGNED_BYTE)];
    return { vertices, buffers, count, grow };
  };

  return {
    kind: 'webgl',
    resize(width, height) {
      const ratio = window.devicePixelRatio || 1;
      canvas.width = Math.max(1, Math.round(width * ratio));
      canvas.height = Math.max(1, Math.round(height * ratio));
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    },
    setLayers(layers) {
      for (const { vertices, buffers } of uploaded) {
        gl.deleteVertexArray(vertices);
        for (const buffer of buffers) gl.deleteBuffer(buffer);
      }
      uploaded = layers.map(upload);
    },
    draw(view: View, radius: number) {
      const ratio = window.devicePixelRatio || 1;
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.useProgram(shaders);
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
      const zoom = 2 * view.scale * ratio;
      gl.uniform4f(viewAt, view.x, view.y, zoom / canvas.width, zoom / canvas.height);
      for (const { vertices, count, grow } of uploaded) {
        gl.bindVertexArray(vertices);
        gl.uniform1f(sizeAt, 2 * radius * grow * ratio + 1);
        gl.drawArrays(gl.POINTS, 0, count);
      }
      if (!painted && uploaded.length > 0) {
        painted = true;
        // The mark must have the time at which the GPU finished drawing, not that of the draw call.
        const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
        gl.flush();
        const wait = () => {
          if (!fence || gl.clientWaitSync(fence, 0, 0) !== gl.TIMEOUT_EXPIRED) markPainted();
          else setTimeout(wait, 4);
        };
        wait();
      }
    },
  };
}
