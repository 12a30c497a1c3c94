import { isSame } from './kept.js';
import { markPainted, type PointLayer, type PointRenderer, pictureKey } from './renderer.js';
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
  layer: PointLayer;
  vertices: WebGLVertexArrayObject;
  buffers: WebGLBuffer[];
}

/** A picture of points, to be copied below others. */
interface KeptPicture {
  frame: WebGLFramebuffer;
  pixels: WebGLRenderbuffer;
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
  let kept: { key: readonly unknown[]; picture: KeptPicture } | null = null;
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
  const upload = (layer: PointLayer): Uploaded => {
    const vertices = gl.createVertexArray();
    gl.bindVertexArray(vertices);
    const { positions, colors } = layer;
    const buffers = [attribute(0, positions, 2, gl.FLOAT), attribute(1, colors, 4, gl.UNSIGNED_BYTE)];
    return { layer, vertices, buffers };
  };
  const free = ({ vertices, buffers }: Uploaded) => {
    gl.deleteVertexArray(vertices);
    for (const buffer of buffers) gl.deleteBuffer(buffer);
  };

  const clear = () => {
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
  };
  const draw = ({ vertices, layer }: Uploaded, radius: number) => {
    gl.bindVertexArray(vertices);
    gl.uniform1f(sizeAt, 2 * radius * layer.grow + 1);
    gl.drawArrays(gl.POINTS, 0, layer.count);
  };

  const forget = () => {
    if (!kept) return;
    gl.deleteFramebuffer(kept.picture.frame);
    gl.deleteRenderbuffer(kept.picture.pixels);
    kept = null;
  };
  /** Draws a layer into a picture of its own, of the canvas's size; null where the browser can't. */
  const keepPicture = (lowest: Uploaded, radius: number): KeptPicture | null => {
    const frame = gl.createFramebuffer();
    const pixels = gl.createRenderbuffer();
    gl.bindRenderbuffer(gl.RENDERBUFFER, pixels);
    gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, canvas.width, canvas.height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, pixels);
    const isWhole = gl.checkFramebufferStatus(gl.FRAMEBUFFER) === gl.FRAMEBUFFER_COMPLETE;
    if (isWhole) {
      clear();
      draw(lowest, radius);
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    if (isWhole) return { frame, pixels };
    gl.deleteFramebuffer(frame);
    gl.deleteRenderbuffer(pixels);
    return null;
  };
  const copyPicture = ({ frame }: KeptPicture) => {
    const { width, height } = canvas;
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, frame);
    gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, null);
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
      const before = new Map(uploaded.map((one) => [one.layer, one]));
      uploaded = layers.map((layer) => before.get(layer) ?? upload(layer));
      for (const one of before.values()) if (!uploaded.includes(one)) free(one);
    },
    draw(view: View, radius: number) {
      const ratio = window.devicePixelRatio || 1;
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.useProgram(shaders);
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
      const zoom = 2 * view.scale * ratio;
      gl.uniform4f(viewAt, view.x, view.y, zoom / canvas.width, zoom / canvas.height);
      const [lowest, ...others] = uploaded;
      const size = radius * ratio;
      if (others.length > 0) {
        // A change of what stands out leaves the points below as they are: most of the drawing is saved.
        const key = pictureKey(lowest.layer, view, size, canvas.width, canvas.height);
        if (!kept || !isSame(kept.key, key)) {
          forget();
          const picture = keepPicture(lowest, size);
          kept = picture && { key, picture };
        }
      } else forget();
      clear();
      if (kept) copyPicture(kept.picture);
      for (const one of kept ? others : uploaded) draw(one, size);
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
