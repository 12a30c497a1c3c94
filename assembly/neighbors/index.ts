// The door of this room: what the host may call.
export function version(): i32 {
  return 1;
}
