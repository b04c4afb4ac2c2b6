using ExchangeHub.Hub.Feed;

namespace ExchangeHub.UnitTests.Hub;

public sealed class FeedCursorTests
{
    [Fact]
    public void What_was_given_out_is_read_back()
    {
        FeedCursor.TryParse(new FeedCursor("1b2c3d4e", 7_012_345_678, 199).ToString(), out var read).ShouldBeTrue();
        read.ShouldBe(new FeedCursor("1b2c3d4e", 7_012_345_678, 199));
    }

    [Theory, InlineData(null), InlineData(""), InlineData("7012345678.199")]
    public void Nothing_and_a_cursor_without_an_epoch_are_the_beginning(string? text)
    {
        FeedCursor.TryParse(text, out var read).ShouldBeTrue();
        read.ShouldBe(default);
        read.ToString().ShouldBeEmpty();
    }

    [Theory, InlineData("x"), InlineData("1"), InlineData("a.1.2.3"), InlineData("a.-1.2"), InlineData("a.1. 2"), InlineData("a.1.2' or true")]
    public void Anything_else_is_refused(string text) => FeedCursor.TryParse(text, out _).ShouldBeFalse();
}
