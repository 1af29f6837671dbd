package peer;

import java.util.Map;

import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;

/**
 * The sink as a task's store: Kafka Streams flushes what is cached before it commits offsets, so that no offset is ever
 * committed whose rows are not. There is no other hook before a commit.
 */
final class KafkaStreamsSink implements StateStore, CachedStateStore<Object, Object>, StoreBuilder<KafkaStreamsSink> {
    static final String NAME = "sink";
    private final ThreadLocal<Sink> sinks;
    private boolean open;

    KafkaStreamsSink(ThreadLocal<Sink> sinks) {
        this.sinks = sinks;
    }

    Sink sink() {
        return sinks.get();
    }

    @Override public void flushCache() { sink().settle(); }
    @Override public void clearCache() { }
    @Override public boolean setFlushListener(CacheFlushListener<Object, Object> listener, boolean old) { return false; }

    @Override public String name() { return NAME; }
    @Override public void flush() { sink().settle(); }
    @Override public void close() { open = false; }
    @Override public boolean persistent() { return false; }
    @Override public boolean isOpen() { return open; }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        context.register(root, (key, value) -> { });
        open = true;
    }

    @Override public KafkaStreamsSink build() { return new KafkaStreamsSink(sinks); }
    @Override public boolean loggingEnabled() { return false; }
    @Override public Map<String, String> logConfig() { return Map.of(); }
    @Override public StoreBuilder<KafkaStreamsSink> withCachingEnabled() { return this; }
    @Override public StoreBuilder<KafkaStreamsSink> withCachingDisabled() { return this; }
    @Override public StoreBuilder<KafkaStreamsSink> withLoggingEnabled(Map<String, String> config) { return this; }
    @Override public StoreBuilder<KafkaStreamsSink> withLoggingDisabled() { return this; }
}
