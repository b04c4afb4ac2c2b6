using System.CommandLine;
using ExchangeHub.Cli.Commands;

// Hub and node host stop in order before this process does: the library would give them two seconds.
return await CommandLine.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
