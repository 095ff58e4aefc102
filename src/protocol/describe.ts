// Messages of the bus as a person would say them: one row a message.

import type { Message, MessageNamed } from './messages.ts';
import { stateText } from './states.ts';

type Words = { readonly [Name in Message['name']]: (message: MessageNamed<Name>) => string };

const commands: Readonly<Record<number, string>> = {
  5: 'take at most',
  6: 'raise by 2 A',
  7: 'lower by 2 A',
  8: 'take at most, for this session,',
  9: 'take at most',
};

const asks =
  (what: string) =>
  ({ sender, receiver }: { sender: string; receiver: string }) =>
    `${sender} asks ${receiver} for ${what}`;

const quoted = (text: string) => (text === '' ? 'nothing' : `“${text}”`);

const words: Words = {
  masterLinkready1: ({ sender, sign }) => `${sender} says that it is the master (sign ${sign})`,
  masterLinkready2: ({ sender, sign }) => `${sender} says again that it is the master (sign ${sign})`,
  masterHeartbeat: ({ sender, receiver }) => `${sender} to ${receiver}: go on as you are`,
  masterHeartbeatLimit: ({ sender, receiver, command, limitAmps }) =>
    `${sender} to ${receiver}: ${commands[command]} ${limitAmps} A`,
  masterHeartbeatStep: ({ sender, receiver, command }) => `${sender} to ${receiver}: ${commands[command]}`,
  masterHeartbeatError: ({ sender, receiver, errorBitmap }) => `${sender} to ${receiver}: error ${errorBitmap}`,
  slaveLinkready: ({ sender, sign, maxAmps }) =>
    `${sender} says that it is there, made for ${maxAmps} A (sign ${sign})`,
  slaveHeartbeat: ({ sender, receiver, state, limitAmps, actualAmps }) =>
    `${sender} to ${receiver}: ${stateText(state)}, takes ${actualAmps} A, limit ${limitAmps} A`,
  meterRequest: asks('its meter'),
  versionRequest: asks('its firmware'),
  serialRequest: asks('its serial number'),
  vinRequest1: asks('the first part of the VIN'),
  vinRequest2: asks('the second part of the VIN'),
  vinRequest3: asks('the last part of the VIN'),
  plugStateRequest: asks('its plug'),
  startRequest: ({ sender, receiver }) => `${sender} to ${receiver}: close your relay`,
  stopRequest: ({ sender, receiver }) => `${sender} to ${receiver}: open your relay`,
  startAck: ({ sender }) => `${sender} closes its relay`,
  stopAck: ({ sender }) => `${sender} opens its relay`,
  meterResponse: ({ sender, energyCounter, volts, phaseAmps }) =>
    `${sender}: counter ${energyCounter}, ${volts.join(' / ')} V, ${phaseAmps.join(' / ')} A`,
  meterResponseShort: ({ sender, energyCounter, volts }) =>
    `${sender}: counter ${energyCounter}, ${volts.join(' / ')} V`,
  versionResponse: ({ sender, version }) => `${sender}: firmware ${version}`,
  serialResponse: ({ sender, serial }) => `${sender}: serial number ${quoted(serial)}`,
  vinResponse1: ({ sender, vin }) => `${sender}: the VIN begins with ${quoted(vin)}`,
  vinResponse2: ({ sender, vin }) => `${sender}: the VIN goes on with ${quoted(vin)}`,
  vinResponse3: ({ sender, vin }) => `${sender}: the VIN ends with ${quoted(vin)}`,
  plugStateResponse: ({ sender, plugState }) => `${sender}: plug state ${plugState}`,
  idle: () => 'idle',
  serialLegacyRequest: () => 'the master asks for the serial number',
  serialLegacyResponse: ({ serial }) => `serial number ${quoted(serial)}`,
  modelRequest: () => 'the master asks for the model',
  modelResponse: ({ model }) => `model ${quoted(model)}`,
  firmwareRequest: () => 'the master asks for the firmware',
  firmwareResponse: ({ version }) => `firmware ${version}`,
};

export function describeMessage(message: Message): string {
  // The row of a name takes the message of that name.
  const say = words[message.name] as (message: Message) => string;
  return say(message);
}
