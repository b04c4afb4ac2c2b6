using ExchangeHub.Hub.Feed;

namespace ExchangeHub.UnitTests.Hub;

public sealed class FeedCursorTests
{
    [Fact]
    public void What_was_given_out_is_read_back()
    {
        FeedCursor.TryParse(new FeedCursor(7_012_345_678, 199).ToString(), out var read).ShouldBeTrue();
        read.ShouldBe(new FeedCursor(7_012_345_678, 199));
    }

    [Fact]
    public void Nothing_is_the_beginning()
    {
        FeedCursor.TryParse(null, out var read).ShouldBeTrue();
        read.ShouldBe(default);
    }

    [Theory, InlineData("x"), InlineData("1"), InlineData("1.2.3"), InlineData("-1.2"), InlineData("1. 2"), InlineData("1.2' or true")]
    public void Anything_else_is_refused(string text) => FeedCursor.TryParse(text, out _).ShouldBeFalse();
}
