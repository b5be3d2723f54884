'use strict';
// Loaded before everything else in a Node function: connections to AWS's names go to the emulator, which speaks TLS for the name that was
// asked for. Every client (http, https, http2, fetch, tls, net) ends in net.Socket.prototype.connect, so one place is enough.

const net = require('net');

const address = process.env._LOWCLOUD_ADDRESS || '';
delete process.env._LOWCLOUD_ADDRESS;
const colon = address.lastIndexOf(':');
const host = address.slice(0, colon);
const port = Number(address.slice(colon + 1));

function isAws(name, to) {
    return typeof name === 'string' && /\.amazonaws\.com(\.cn)?\.?$/i.test(name) && (Number(to) === 443 || Number(to) === 80);
}

function redirected(options) {
    return isAws(options.host, options.port) ? { ...options, host, port, path: undefined } : options;
}

if (address) {
    const connect = net.Socket.prototype.connect;

    net.Socket.prototype.connect = function (...args) {
        if (Array.isArray(args[0])) {
            args[0][0] = redirected(args[0][0]);
        } else if (args[0] !== null && typeof args[0] === 'object') {
            args[0] = redirected(args[0]);
        } else if (isAws(args[1], args[0])) {
            args[0] = port;
            args[1] = host;
        }
        return connect.apply(this, args);
    };
}
