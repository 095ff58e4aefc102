// Values of made-up chargers, as they stand in topics.

/** A charger that charges, with what else a test says. */
export function chargerValues(id: string, others: Readonly<Record<string, string>> = {}): Record<string, string> {
  const usual = {
    stateText: 'Plugged in and charging',
    chargeStatus: 'C',
    carsCharging: '1',
    plug: 'plugged',
    chargerLoadInW: '10518',
    ampsInUse: '15.2',
    lifetimekWh: '8732',
    limit: '32',
    charging: '1',
    ampsMax: '16',
    ampsOffered: '16',
    ampsRated: '32',
    power: '15.2',
    state: '1',
    voltagePhaseA: '231',
    voltagePhaseB: '229',
    voltagePhaseC: '232',
    currentVehicleVIN: '5YJ3E1EA2KF000317',
    lastVehicleVIN: '',
    serialNumber: `A17I000${id}`,
    firmware: '4.5.3.2',
    availability: 'online',
  };
  return Object.fromEntries(Object.entries({ ...usual, ...others }).map(([name, value]) => [`${id}/${name}`, value]));
}

export const bridgeValues: Readonly<Record<string, string>> = {
  'all/totalAmpsInUse': '15.2',
  'config/maxAmpsForSlaves': '32',
  'config/minAmpsPerTWC': '6',
  'control/availability': 'online',
  'chargeNow/amps': '32',
  'chargeNow/minutes': '60',
  'chargeNow/until': '',
  problem: 'none',
  status: 'online',
};

/** No car that charges. */
export const idle = {
  stateText: 'Plugged in, ready to charge or charge scheduled',
  state: '4',
  chargeStatus: 'B',
  carsCharging: '0',
  chargerLoadInW: '0',
  ampsInUse: '0',
  ampsMax: '6',
  ampsOffered: '6',
  currentVehicleVIN: '',
};

/** One that is not heard any more: what it said last stays, but it draws nothing. */
export const gone = {
  availability: 'offline',
  chargeStatus: 'F',
  ampsInUse: '0',
  chargerLoadInW: '0',
  carsCharging: '0',
};
