using ExchangeHub.Cli.Commands;

// Hub and node host stop in order before this process does: the library would give them two seconds.
return await CommandLine.RunAsync(args, new Surroundings { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
