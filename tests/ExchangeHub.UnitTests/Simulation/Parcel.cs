using ExchangeHub.Contracts;

namespace ExchangeHub.UnitTests.Simulation;

/// <summary>A statement on its way to one county.</summary>
/// <param name="Exchange">Of a delivery or event; <c>null</c>: a receipt.</param>
/// <param name="OpenedAt">The stamp of an opening: its deadlines count from it.</param>
sealed record Parcel(string To, byte[] Leaf, Guid? Exchange = null, int Seq = 0, DateTimeOffset? OpenedAt = null)
{
    Statement? said;

    /// <summary>As its reader reads it, once for all copies.</summary>
    public Statement Said => said ??= Statement.Read(Leaf) ?? throw new SimulationException("A statement cannot be read.");
}

/// <summary>Something is not as it should have been.</summary>
sealed class SimulationException(string message) : Exception(message);
