namespace ExchangeHub.Hub; public static class Program { public static void Main() { } }
