return await ExchangeHub.Hub.HubApp.RunAsync(args);
