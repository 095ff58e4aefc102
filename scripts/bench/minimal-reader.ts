// What a bridge cannot be faster than: reads heartbeats, publishes the current, and does nothing else. No serial library,
// no charger, no table; only Node's own streams and the MQTT library. Started with the port and the broker.

import { createReadStream } from 'node:fs';
import { connect } from 'node:net';
import { connectAsync } from 'mqtt';

const END = 0xc0;
const ESCAPE = 0xdb;
const [port = '', broker = ''] = process.argv.slice(2);

const client = await connectAsync(broker);
const { hostname, port: number } = port.startsWith('tcp:') ? new URL(port) : { hostname: '', port: '' };
const source = hostname ? connect({ host: hostname, port: Number(number), noDelay: true }) : createReadStream(port);

let frame: number[] = [];
let escaping = false;
source.on('data', (bytes: Buffer) => {
  for (const byte of bytes) {
    if (byte === END) {
      take(Buffer.from(frame));
      frame = [];
    } else if (byte === ESCAPE) escaping = true;
    else {
      frame.push(!escaping ? byte : byte === 0xdc ? END : ESCAPE);
      escaping = false;
    }
  }
});
console.log('reads');

function take(heartbeat: Buffer): void {
  const sum = heartbeat.subarray(1, -1).reduce((total, byte) => (total + byte) & 0xff, 0);
  if (heartbeat.length !== 16 || heartbeat.readUInt16BE(0) !== 0xfde0 || sum !== heartbeat[15]) return;
  const amps = heartbeat.readUInt16BE(9) / 100;
  client.publish(`minimal/${heartbeat.toString('hex', 2, 4).toUpperCase()}/ampsInUse`, String(amps), {
    qos: 1,
    retain: true,
  });
}
