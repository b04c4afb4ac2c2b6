using System.Net;
using System.Net.Sockets;

namespace ExchangeHub.Cli.Worlds;

/// <summary>Ports on loopback that nobody listens on right now.</summary>
public static class Ports
{
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The wished port where it is free, another one where it is not.</summary>
    public static int FreeNear(int wished) => IsFree(wished) ? wished : Free();

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
