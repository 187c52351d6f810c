/** User and system time of the process: what else the machine does matters less. */
export function cpuSeconds(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
}
