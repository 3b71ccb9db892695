/* The native recurrence as other languages see it: one descriptor of plain C functions.
 *
 * Letters: B sequences, T steps, N rows (all real steps of all sequences), I inputs, H hidden
 * units, G gates (1 Elman, 3 GRU, 4 LSTM). All arrays are row-major, of the scan's element type,
 * and belong to the caller: nothing is kept after a call returns. No two arrays may overlap unless
 * their description says that they may.
 *
 * Rows. Step t holds the rows offsets[t] .. offsets[t+1], one for each sequence that is still
 * running; their number never grows with t, so row b of every step belongs to sequence b.
 */
#ifndef ELMAN_API_H
#define ELMAN_API_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { ELMAN_API_VERSION = 4 };

typedef enum elman_status {
  ELMAN_OK = 0,
  ELMAN_STOPPED = 1,      /* the stop callback said so; results are incomplete */
  ELMAN_BAD_ARGUMENT = 2, /* sizes that contradict each other, an unknown cell, a NULL */
  ELMAN_OUT_OF_MEMORY = 3,
  ELMAN_UNKNOWN_SET = 4,     /* no instruction set of that name is known */
  ELMAN_UNSUPPORTED_SET = 5, /* this build or this processor lacks that instruction set */
  ELMAN_EXECUTOR_FAILED = 6
} elman_status;

typedef enum elman_cell {
  ELMAN_CELL_ELMAN = 0,
  ELMAN_CELL_GRU = 1,
  ELMAN_CELL_LSTM = 2
} elman_cell;

/* f of the Elman cell; other cells ignore it. */
typedef enum elman_activation {
  ELMAN_TANH = 0,
  ELMAN_RELU = 1,
  ELMAN_SIGMOID = 2,
  ELMAN_IDENTITY = 3
} elman_activation;

typedef enum elman_element { ELMAN_FLOAT32 = 0, ELMAN_FLOAT64 = 1 } elman_element;

/* One walk through time. */
typedef struct elman_scan {
  uint32_t size;          /* sizeof(elman_scan) */
  int32_t cell;           /* elman_cell */
  int32_t activation;     /* elman_activation */
  int32_t element;        /* elman_element */
  int32_t reverse;        /* nonzero: from each sequence's last step to its first */
  int64_t steps;          /* T >= 0 */
  int64_t batch;          /* B >= rows of step 0; sequences beyond those are empty */
  int64_t units;          /* H >= 1 */
  const int64_t* offsets; /* (T+1,), offsets[0] = 0, offsets[T] = N; NULL: every step has B rows */
  const uint8_t* resets;  /* (N,) or NULL. Nonzero marks a row that starts a new sequence: nothing
                             passes between it and the row before it, in either direction */
} elman_scan;

/* Arrays of the walk forward. "Entering" a row means the state it receives, after resets. */
typedef struct elman_forward {
  uint32_t size;            /* sizeof(elman_forward) */
  int64_t projected_stride; /* elements from one row of `projected` to the next, >= G*H */
  const void* projected;    /* in (N, G*H): U x_t + b of every row; NULL where `x` is given */
  int64_t inputs;           /* I >= 1, where `x` is given */
  int64_t x_stride;         /* elements from one row of `x` to the next, >= I */
  const void* x;            /* in (N, I): projected some steps at a time, just before these are
                               walked, which is faster while U stays in a near cache; or NULL */
  const void* input_weight; /* in (G*H, I): U */
  const void* input_bias;   /* in (G*H,) or NULL: b */
  const void* weight;       /* in (G*H, H): V; gates h; r, z, n; or i, f, g, o */
  const void* bias;         /* in (G*H,) or NULL: added to V h */
  void* output;             /* out (N, H): h of every row */
  void* previous;           /* out (N, H): h entering every row. Where every step has B rows and
                               there are no resets it may be the same memory one step apart,
                               `output` = `previous` + B*H (or `output` = `previous` - B*H in
                               reverse) within a buffer of (T+1)*B rows */
  void* h_n;                /* in (B, H): h before the walk; out: after it */
  void* c_n;                /* the same for c; NULL for cells without one */
  void* gates;              /* out (N, G*H): activated gates; NULL: not kept. May be `projected`,
                               which is then overwritten, if its stride is G*H; Elman's one gate
                               is h, so there it may be `output` */
  void* cells;              /* out (N, H): c of every row; NULL: not kept, or no c */
  void* previous_cells;     /* out (N, H): c entering every row; NULL with `cells`. May overlap
                               `cells` one step apart, as `previous` does `output` */
  void* candidates;         /* out (N, H): GRU's V_n h + b_n; NULL: not kept */
} elman_forward;

/* Arrays of the walk back, over what the walk forward kept. */
typedef struct elman_backward {
  uint32_t size;              /* sizeof(elman_backward) */
  int64_t d_output_stride;    /* elements from one row of `d_output` to the next, >= H */
  int64_t d_projected_stride; /* the same for `d_projected` and `d_recurrent` */
  const void* weight;         /* in (G*H, H) */
  const void* gates;          /* in (N, G*H) */
  const void* previous;       /* in (N, H): GRU only, else may be NULL */
  const void* cells;          /* in (N, H): LSTM only */
  const void* previous_cells; /* in (N, H): LSTM only */
  const void* candidates;     /* in (N, H): GRU only */
  const void* d_output;       /* in (N, H): dL/dh from outside, or NULL for zero */
  void* d_h;                  /* in (B, H): dL/dh_n; out: dL/dh_0 */
  void* d_c;                  /* the same for c; NULL for cells without one */
  void* d_projected;          /* out (N, G*H): dL/d projected, gates in their order */
  void* d_recurrent;          /* out (N, G*H): dL/d(V h + b). Elman, LSTM: must be `d_projected`.
                                 GRU: must be `d_projected` - H; its gates come in the order
                                 n, r, z, so a row of 4*H reads [n of d_recurrent | r | z | n] */
  void* states_h;             /* out (N, H): total dL/dh of every row; NULL: not wanted */
  void* states_c;             /* the same for c */
} elman_backward;

/* A piece of work: partitions begin .. end of the count given to `run`. */
typedef void (*elman_body)(int64_t begin, int64_t end, void* context);

/* Who runs the pieces. The functions below make the kinds that Elman has. */
typedef struct elman_executor {
  uint32_t size;    /* sizeof(elman_executor) */
  int32_t threads;  /* how many partitions are worth making */
  int32_t lockstep; /* nonzero: pieces run at the same time, so they may wait for one another */
  /* Calls `body` until all of 0 .. count are covered, each once, and returns after the last.
     Returns 0, or nonzero if something failed. */
  int32_t (*run)(const struct elman_executor* self, int64_t count, elman_body body, void* context);
  void* state;
} elman_executor;

/* Asked on the calling thread, once per chunk of steps; nonzero ends the walk. `poll` may be
 * NULL. */
typedef struct elman_stop {
  int32_t (*poll)(void* context);
  void* context;
} elman_stop;

/* The gradient of a weight: a product whose sums run over all rows of a walk. */
typedef struct elman_transposed {
  uint32_t size;   /* sizeof(elman_transposed) */
  int32_t element; /* elman_element */
  int64_t rows;    /* N >= 1 */
  int64_t left_columns, right_columns;
  int64_t left_stride, right_stride; /* elements from one row to the next */
  const void* left;                  /* in (N, left_columns) */
  const void* right;                 /* in (N, right_columns) */
  void* sums;                        /* out (left_columns, right_columns): leftᵀ right */
  int32_t adds;                      /* whether that is added to what stands in sums */
} elman_transposed;

/* Cross entropy of words that came, from the scores z_n = scores_n + bias of N rows:
   losses_n = log sum_v exp z_nv - z_n,target(n); and its gradients, each row's times its share. */
typedef struct elman_cross_entropy {
  uint32_t size;          /* sizeof(elman_cross_entropy) */
  int32_t element;        /* elman_element */
  int64_t rows;           /* N >= 1 */
  int64_t words;          /* W >= 1 */
  int64_t stride;         /* elements from one row of scores to the next */
  const int64_t* targets; /* (N,), each in 0 .. W-1 */
  const void* bias;       /* (W,) or NULL */
  const void* shares;     /* (N,), or NULL: losses alone are wanted */
  void* scores;           /* in (N, W); out, with shares: shares_n * dlosses_n/dz_n */
  void* losses;           /* out (N,) */
  void* d_bias;           /* (W,) or NULL: the sum of those gradients over all rows is added */
} elman_cross_entropy;

/* Layers above layers in one direction. */
typedef struct elman_layers {
  uint32_t size;      /* sizeof(elman_layers) */
  int32_t cell;       /* elman_cell */
  int32_t activation; /* elman_activation */
  int32_t element;    /* elman_element */
  int64_t count;      /* L >= 1 */
  int64_t inputs;     /* I >= 1 of the lowest; the others read H */
  int64_t units;      /* H >= 1 */
} elman_layers;

/* One layer's weights, gates in the order of elman_forward. */
typedef struct elman_layer_weights {
  const void* weight_ih; /* (G*H, I), or (G*H, H) above the lowest layer */
  const void* weight_hh; /* (G*H, H) */
  const void* bias_ih;   /* (G*H,) or NULL */
  const void* bias_hh;   /* (G*H,) or NULL */
} elman_layer_weights;

/* Layers whose weights are packed: not changed by any call, so threads may share it. */
typedef struct elman_packed elman_packed;

typedef struct elman_api {
  uint32_t size;    /* sizeof(elman_api) */
  uint32_t version; /* ELMAN_API_VERSION */
  elman_status (*forward)(const elman_scan*, const elman_forward*, const elman_executor*,
                          const elman_stop*);
  elman_status (*backward)(const elman_scan*, const elman_backward*, const elman_executor*,
                           const elman_stop*);
  elman_status (*transposed)(const elman_transposed*, const elman_executor*);
  elman_status (*cross_entropy)(const elman_cross_entropy*, const elman_executor*);

  /* Executors: on the calling thread; on this library's own threads; on torch's team, given the
     address of its function torch_parallel_for. In a forked child all of them run serially. */
  elman_executor (*serial)(void);
  elman_executor (*pool)(int32_t threads);
  elman_executor (*torch_team)(void* torch_parallel_for, int32_t threads);

  /* The set in use: ELMAN_ISA from the environment if set, else the widest that the processor
     has. Writes its name to `name`, or NULL when ELMAN_ISA names none. */
  elman_status (*instruction_set)(const char** name);
  /* Forces a set by name; NULL goes back to the automatic choice. */
  elman_status (*force_instruction_set)(const char* name);
  /* Name of the i-th set that this build and processor have, narrowest first; NULL past the end. */
  const char* (*instruction_sets)(int32_t i);

  /* Packs the weights of L layers for the set now in use; nothing of them is kept. */
  elman_status (*pack)(const elman_layers*, const elman_layer_weights*, elman_packed** packed);
  /* Reads x (B, T, I) on the calling thread and fills in output (B, T, H), h of the topmost layer;
     h and c (L, B, H) come in as the states before and go out as those after, c NULL for cells
     without one. Allocates nothing after a thread's first call of this size. */
  elman_status (*step)(const elman_packed*, int64_t batch, int64_t steps, const void* x, void* h,
                       void* c, void* output, const elman_stop*);
  void (*release)(elman_packed*);
} elman_api;

/* The one exported symbol. The descriptor lives as long as the library. */
const elman_api* elman_native(void);

#ifdef __cplusplus
}
#endif

#endif
