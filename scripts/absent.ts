// Stands in the bundle for what libraries bring along for browsers, and for transports that the bridge does not have.
export {};
