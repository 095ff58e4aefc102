// Stands in the bundle for what the MQTT library brings along for transports that the bridge does not have.
export {};
