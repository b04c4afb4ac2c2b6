using ExchangeHub.Hub.Clock;
using ExchangeHub.Hub.Intake;

namespace ExchangeHub.Hub.Ledger;

/// <summary>A batch that fails is halved until the piece that fails stands alone: one harms no other.</summary>
static class Halves
{
    /// <param name="commit">Does a part of the batch whole, or throws and does nothing.</param>
    /// <param name="halving">Told before a part is halved.</param>
    /// <param name="alone">What becomes of the one that fails by itself. All others are done, in their order.</param>
    /// <exception cref="Exception">As <paramref name="commit"/> throws where no piece is to blame: a database that is away, a commit whose outcome is unknown, a clock that is wrong.</exception>
    public static async Task DoAsync<T>(IReadOnlyList<T> batch, Func<IReadOnlyList<T>, Task> commit, Action<Exception, int> halving, Func<T, Exception, Task> alone)
    {
        if (batch.Count == 0)
            return;
        try
        {
            await commit(batch);
        }
        catch (Exception e) when (e is not (OperationCanceledException or CommitUncertainException or ClockSkewException) && !DatabaseFaults.IsAway(e))
        {
            if (batch.Count == 1)
            {
                await alone(batch[0], e);
                return;
            }
            halving(e, batch.Count);
            await DoAsync([.. batch.Take(batch.Count / 2)], commit, halving, alone);
            await DoAsync([.. batch.Skip(batch.Count / 2)], commit, halving, alone);
        }
    }
}
