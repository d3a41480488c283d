"""What must arrive in a chat arrives there once, and every card that stands there is kept true."""
