// The keys that Home Assistant takes in discovery payloads, and what each may be: as much of its schemas as a charger may
// ever need.

export type Json = Readonly<Record<string, unknown>>;
/** What is wrong with a value, if anything. */
type Check = (value: unknown) => string | undefined;
type Schema = Readonly<Record<string, Check>>;

const text: Check = (value) => (typeof value === 'string' && value.trim() !== '' ? undefined : 'expected text');
const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'expected true or false');
const count: Check = (value) => (Number.isInteger(value) && Number(value) >= 0 ? undefined : 'expected 0, 1, 2…');
const amount: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) ? undefined : 'expected a number';
const template: Check = (value) =>
  matching(/^[^{]*(\{\{[^{}]*(\{[^{}]*\}[^{}]*)*\}\}[^{]*)+$/, 'a template with closed braces')(value);
const topicName = matching(/^[^+#\0]{1,65535}$/, 'a topic without wildcards');
const webAddress = matching(/^(https?|homeassistant):\/\/\S+$/, 'an address with http, https or homeassistant');
const icon = matching(/^mdi:[a-z0-9-]+$/, 'mdi:…');
const texts: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((one) => text(one) === undefined)
    ? undefined
    : 'expected a list of texts';

export const deviceInfo = section(
  {
    identifiers: texts,
    connections: (value) => (Array.isArray(value) ? undefined : 'expected a list of pairs'),
    ...same(text, ['name', 'manufacturer', 'model', 'model_id', 'hw_version', 'sw_version', 'serial_number']),
    ...same(text, ['suggested_area', 'via_device']),
    configuration_url: webAddress,
  },
  (device) => {
    if (!('identifiers' in device) && !('connections' in device)) return 'neither identifiers nor connections';
    return 'name' in device ? undefined : 'name: missing';
  },
);

export const originInfo = section({ name: text, sw_version: text, support_url: webAddress }, (given) =>
  'name' in given ? undefined : 'name: missing',
);

const availability: Check = (value) => {
  if (!Array.isArray(value)) return 'expected a list';
  const one = section(
    { topic: topicName, payload_available: text, payload_not_available: text, value_template: template },
    (given) => ('topic' in given ? undefined : 'topic: missing'),
  );
  return value.map(one).find((fault) => fault !== undefined);
};

/** What may stand at the root of a bundle for all its components. */
export const shared: Schema = {
  availability,
  availability_mode: oneOf('all', 'any', 'latest'),
  availability_template: template,
  availability_topic: topicName,
  command_topic: topicName,
  encoding: text,
  payload_available: text,
  payload_not_available: text,
  qos: oneOf(0, 1, 2),
  state_topic: topicName,
};

export const single: Schema = { ...shared, device: deviceInfo, origin: originInfo };

const everyEntity: Schema = {
  default_entity_id: matching(/^[a-z_]+\.(?!_)[a-z0-9_]+(?<!_)$/, 'a full entity id'),
  enabled_by_default: flag,
  entity_category: oneOf('config', 'diagnostic'),
  icon,
  json_attributes_topic: topicName,
  json_attributes_template: template,
  name: (value) => (value === null ? undefined : text(value)),
  unique_id: matching(/^[a-z0-9_]+$/, 'lower case, digits and _'),
  value_template: template,
  visible_by_default: flag,
};

const payloadsOnOff = same(text, ['payload_on', 'payload_off']);

export const platforms: Readonly<Record<string, Schema>> = {
  sensor: {
    device_class: (value) => (String(value) in sensorClasses ? undefined : 'unknown device class'),
    expire_after: count,
    last_reset_value_template: template,
    options: texts,
    state_class: oneOf('measurement', 'total', 'total_increasing'),
    suggested_display_precision: count,
    unit_of_measurement: text,
  },
  binary_sensor: {
    ...payloadsOnOff,
    device_class: oneOf('battery_charging', 'connectivity', 'plug', 'power', 'problem', 'running', 'safety'),
    expire_after: count,
    off_delay: count,
  },
  number: {
    ...same(amount, ['min', 'max', 'step']),
    command_template: template,
    device_class: (value) => (String(value) in sensorClasses ? undefined : 'unknown device class'),
    mode: oneOf('auto', 'box', 'slider'),
    payload_reset: text,
    retain: flag,
    unit_of_measurement: text,
  },
  switch: {
    ...payloadsOnOff,
    command_template: template,
    device_class: oneOf('outlet', 'switch'),
    retain: flag,
    state_off: text,
    state_on: text,
  },
  button: {
    command_template: template,
    device_class: oneOf('identify', 'restart', 'update'),
    payload_press: text,
    retain: flag,
  },
  select: { command_template: template, options: texts, retain: flag },
};

/** The units and state classes of the device classes that a charger may have. */
export const sensorClasses: Readonly<
  Record<string, { readonly units: readonly string[]; readonly statistics: readonly string[] }>
> = {
  current: { units: ['mA', 'A'], statistics: ['measurement'] },
  duration: {
    units: ['d', 'h', 'min', 's', 'ms', 'μs'],
    statistics: ['measurement', 'total', 'total_increasing'],
  },
  energy: { units: ['mWh', 'Wh', 'kWh', 'MWh', 'J', 'kJ', 'MJ'], statistics: ['total', 'total_increasing'] },
  enum: { units: [], statistics: [] },
  frequency: { units: ['Hz', 'kHz', 'MHz', 'GHz'], statistics: ['measurement'] },
  power: { units: ['mW', 'W', 'kW', 'MW'], statistics: ['measurement'] },
  power_factor: { units: ['%'], statistics: ['measurement'] },
  temperature: { units: ['°C', '°F', 'K'], statistics: ['measurement'] },
  timestamp: { units: [], statistics: [] },
  voltage: { units: ['μV', 'mV', 'V', 'kV', 'MV'], statistics: ['measurement'] },
};

export function schemaOf(platform: string): Schema {
  return { ...everyEntity, ...platforms[platform] };
}

function section(schema: Schema, whole: (given: Json) => string | undefined): Check {
  return (value) => (isObject(value) ? (whole(value) ?? checked(value, schema)[0]) : 'expected an object');
}

function oneOf(...allowed: readonly (string | number)[]): Check {
  return (value) => (allowed.some((one) => one === value) ? undefined : `expected ${allowed.join(', ')}`);
}

function matching(pattern: RegExp, expected: string): Check {
  return (value) => (typeof value === 'string' && pattern.test(value) ? undefined : `expected ${expected}`);
}

function same(check: Check, keys: readonly string[]): Schema {
  return Object.fromEntries(keys.map((key) => [key, check]));
}

/** The faults of an object's keys. */
export function checked(config: Json, schema: Schema): string[] {
  return Object.entries(config).flatMap(([key, value]) => {
    const check = schema[key];
    const fault = check ? check(value) : 'unknown key';
    return fault === undefined ? [] : [`${key}: ${fault}`];
  });
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
