// Sticks that are a serial port for the system, and something else than an RS-485 adapter: by their lasting names. To open one
// takes it away from the program that it is for.

const radios: readonly (readonly [RegExp, string])[] = [
  [/Sonoff_Zigbee|SONOFF.*(Dongle|Zigbee)|ITead_Sonoff/i, 'a Zigbee radio (Sonoff)'],
  [/ConBee|RaspBee|dresden_elektronik/i, 'a Zigbee radio (ConBee)'],
  [/SkyConnect|Connect_ZBT|ZBT-\d/i, 'a Zigbee and Thread radio (Home Assistant Connect)'],
  [/ZWA-\d/i, 'a Z-Wave radio (Home Assistant Connect)'],
  [
    /SLZB|SMLIGHT|TETRAHOME|ZigStar|zzh|zig-a-zig|slae\.sh|Elelabs|ETRX|Ember|CC2531|CC2538|CC2652|CC1352|XDS110/i,
    'a Zigbee radio',
  ],
  [/Zig-?bee|Deconz|Popp_ZB|Bosch_?Zigbee|Tube.?s?ZB|ZBDongle/i, 'a Zigbee radio'],
  [/HubZ|HUSBZB|Nortek/i, 'a Zigbee and Z-Wave radio (HubZ)'],
  [/Z-?Wave|zwave\.me|RaZberry|UZB|ZST\d\d|Zooz|Aeotec|Aeon_Labs|Z-Stick|Sigma_Designs/i, 'a Z-Wave radio'],
  // Sticks with the chip maker's own numbers: Aeotec, UZB and others of the first generations.
  [/usb-0658_0200/i, 'a Z-Wave radio'],
  [/OpenThread|nRF52\w*(_Connectivity|_OpenThread|_Dongle)|Thread_?(Border|RCP)|Matter/i, 'a Thread or Matter radio'],
  [/u-blox|GNSS|GPS|VK-?162|Garmin|SiRF/i, 'a GPS receiver'],
  [/RFXCOM|RFXtrx|RFLink/i, 'a radio for 433 MHz (RFXCOM)'],
  [/busware|CUL\d|CUL_|nanoCUL|MapleCUN/i, 'a radio for 868 MHz (CUL)'],
  [/EnOcean/i, 'an EnOcean radio'],
  [/HmIP|HM-MOD|eQ-3|Homematic/i, 'a Homematic radio'],
  [/Bluetooth|BLED112|Bluegiga/i, 'a Bluetooth radio'],
  [/Quectel|SIMCom|SimTech|HUAWEI|ZTE|Sierra_Wireless|Telit|LTE|Modem/i, 'a mobile modem'],
  [
    /Arduino|Espressif|ESP32|Adafruit|Raspberry_Pi_Pico|MicroPython|J-Link|ST-?Link|CMSIS-DAP|Black_Magic/i,
    'a development board',
  ],
  [/3D_?Printer|Marlin|Klipper|Prusa/i, 'a printer'],
];

/** What an adapter with this name is if it is no adapter for chargers; undefined if it may be one. */
export function radioIn(name: string): string | undefined {
  return radios.find(([pattern]) => pattern.test(name))?.[1];
}
