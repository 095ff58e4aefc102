// The bridge's cable seen from the bus: what the bridge sends comes out, what is said on the bus goes in.

export interface Cable extends AsyncDisposable {
  /** What the bridge's `interface.port` must be. */
  readonly port: string;
  /** Bytes for the bridge; lost when nothing is connected. */
  send(bytes: Uint8Array): void;
  /** Whoever wants the bytes that the bridge sends. */
  onBytes(take: (bytes: Uint8Array) => void): void;
}
